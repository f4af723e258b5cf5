//! Waits on a socket of the delay server, by a thread that blocks and by a coroutine that does not.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Asks the delay server for an answer after so long; whether the limit cut the wait.
pub(crate) fn ask(port: u16, ns: u64, limit: Option<u64>) -> io::Result<bool> {
    let late = |error: &io::Error| {
        matches!(
            error.kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
        )
    };
    // A time-out of 0 is refused.
    let limit = limit.map(|left| Duration::from_nanos(left.max(1_000)));
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let answer = || {
        let mut stream = match limit {
            Some(limit) => TcpStream::connect_timeout(&address, limit)?,
            None => TcpStream::connect(address)?,
        };
        stream.set_read_timeout(limit)?;
        stream.write_all(&ns.to_le_bytes())?;
        stream.read_exact(&mut [0])
    };
    match answer() {
        Ok(()) => Ok(false),
        Err(error) if limit.is_some() && late(&error) => Ok(true),
        Err(error) => Err(error),
    }
}

/// The same without a limit, as a client that can be awaited has it.
pub(crate) async fn ask_later(port: u16, ns: u64) -> io::Result<()> {
    let mut stream = tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.write_all(&ns.to_le_bytes()).await?;
    stream.read_exact(&mut [0]).await?;
    Ok(())
}
