//! Connections: so many at a time, and none that only sits there.
//!
//! hyper hangs up on whoever takes too long to send a request's head, also between two requests;
//! `body` on whoever takes too long to send the rest; and here, on whoever does not read what it asked
//! for. A client that holds all places by such means holds them for some seconds.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Sleep, sleep};

/// A browser opens six to a server.
const MOST: usize = 64;
/// The head of a request comes within this.
const HEAD: Duration = Duration::from_secs(10);
/// A client reads something of what it is sent within this.
const UNREAD: Duration = Duration::from_secs(20);
/// Bytes of a request's head.
const HEAD_BYTES: usize = 32 * 1024;
/// Where the system has no more handles for connections, it may soon have some.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves every connection, for ever.
pub(super) async fn accept(listener: TcpListener, router: Router) {
    let places = Arc::new(Semaphore::new(MOST));
    loop {
        // Nobody closes it, so there always is a place some time.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let router = router.clone();
                tokio::spawn(async move {
                    serve(stream, router).await;
                    drop(place);
                });
            }
            Err(_) => sleep(PAUSE).await,
        }
    }
}

async fn serve(stream: TcpStream, router: Router) {
    // Events are small, and each is to be seen when it happens.
    let _ = stream.set_nodelay(true);
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(
            TokioIo::new(Patient::new(stream, UNREAD)),
            TowerToHyperService::new(router),
        );
    // Whatever goes wrong with a connection is its client's affair, and has ended it.
    let _ = served.await;
}

/// A stream that breaks where nothing of what is written is taken for too long.
struct Patient<S> {
    stream: S,
    patience: Duration,
    /// Runs while the other side takes nothing.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    fn new(stream: S, patience: Duration) -> Patient<S> {
        Patient {
            stream,
            patience,
            alarm: None,
        }
    }

    /// What came of a write, unless it has been waited for too long.
    fn timed<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.alarm = None;
            return written;
        }
        let patience = self.patience;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(alarm.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.timed(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.timed(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.timed(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.timed(context, shut)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[test]
    fn who_reads_nothing_is_hung_up_on_and_who_reads_slowly_is_not() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let (ours, _theirs) = duplex(16);
            let mut patient = Patient::new(ours, Duration::from_millis(20));
            let stuck = patient.write_all(&[0; 64]).await;
            assert_eq!(
                stuck.expect_err("nobody reads").kind(),
                io::ErrorKind::TimedOut
            );
            let (ours, mut theirs) = duplex(16);
            let mut patient = Patient::new(ours, Duration::from_secs(60));
            let reader = async {
                let mut all = Vec::new();
                for _ in 0..64 {
                    all.push(theirs.read_u8().await.expect("a byte"));
                    tokio::task::yield_now().await;
                }
                all.len()
            };
            let (wrote, read) = tokio::join!(patient.write_all(&[0; 64]), reader);
            wrote.expect("it was read");
            assert_eq!(read, 64);
        });
    }
}
