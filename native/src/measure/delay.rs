//! A server on loopback that answers after as long as it is asked to: I/O that real clients wait for.
//!
//! It runs on threads of this program, outside the Python that is measured, on one tokio runtime: ten
//! thousand waiting clients are ten thousand timers.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};

/// The longest wait that is granted: a client that asks for more is not one of ours.
const LONGEST: Duration = Duration::from_secs(3600);

/// The server; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct DelayServer {
    /// Where it listens, on 127.0.0.1.
    pub(crate) port: u16,
    _runtime: Runtime,
}

impl DelayServer {
    /// Starts it on a free port.
    pub(crate) fn start() -> Result<DelayServer> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .context("cannot start the delay server")?;
        let listener = runtime
            .block_on(async { listen() })
            .context("cannot listen on 127.0.0.1")?;
        let port = listener.local_addr()?.port();
        runtime.spawn(accept(listener));
        Ok(DelayServer {
            port,
            _runtime: runtime,
        })
    }
}

/// Listens with as long a queue as the system grants: ten thousand clients that come at once and find
/// it full would come again only after a second.
fn listen() -> std::io::Result<TcpListener> {
    const QUEUE: u32 = 65_535;
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    socket.listen(QUEUE)
}

async fn accept(listener: TcpListener) {
    loop {
        // A client that gave up before it was accepted is its own affair.
        if let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(client));
        }
    }
}

/// Answers requests of eight bytes, nanoseconds, with one byte each, until the client hangs up.
async fn serve(mut client: TcpStream) {
    let _ = client.set_nodelay(true);
    let mut request = [0; 8];
    while client.read_exact(&mut request).await.is_ok() {
        let wait = Duration::from_nanos(u64::from_le_bytes(request)).min(LONGEST);
        tokio::time::sleep(wait).await;
        if client.write_all(b"!").await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::time::Instant;

    #[test]
    fn it_answers_each_client_after_its_own_time() {
        let server = DelayServer::start().expect("started");
        let start = Instant::now();
        let mut clients: Vec<_> = [40u64, 10]
            .iter()
            .map(|ms| {
                let mut client = std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, server.port))
                    .expect("connected");
                let ns = ms * 1_000_000;
                client.write_all(&ns.to_le_bytes()).expect("asked");
                (*ms, client)
            })
            .collect();
        for (ms, client) in &mut clients {
            let mut answer = [0];
            client.read_exact(&mut answer).expect("answered");
            assert_eq!(&answer, b"!");
            assert!(start.elapsed() >= Duration::from_millis(*ms), "{ms} ms");
        }
    }
}
