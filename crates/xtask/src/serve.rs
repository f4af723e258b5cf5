//! `cargo xtask serve`: builds the page and serves it on loopback, with the headers under which a
//! browser lets pages share memory with their workers.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Component, Path};

use anyhow::{Context, Result, bail};

use crate::web::{self, Mode};

const PORT: u16 = 8080;

/// Builds, and serves until it is stopped.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let (mode, rest) = Mode::of(arguments);
    let port = port(&rest)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
        format!("port {port} cannot be listened on: choose another with `--port N`")
    })?;
    let dist = web::build(root, mode)?;
    println!(
        "\nThe page is at http://{}/ (stop with Ctrl-C)",
        listener.local_addr()?
    );
    // Whoever hangs up halfway gets nothing, and ends nothing.
    for stream in listener.incoming().flatten() {
        let dist = dist.clone();
        std::thread::spawn(move || answer(&stream, &dist));
    }
    Ok(())
}

fn port(arguments: &[String]) -> Result<u16> {
    match arguments {
        [] => Ok(PORT),
        [flag, value] if flag == "--port" => value
            .parse()
            .with_context(|| format!("`{value}` is no port: give a number up to 65535")),
        other => bail!(
            "`{}` is not understood: `serve` takes `--port N` and `--dev`",
            other.join(" ")
        ),
    }
}

fn answer(mut stream: &TcpStream, dist: &Path) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let wanted = request.split(' ').nth(1).unwrap_or("/");
    let (status, kind, body) = match file(dist, wanted) {
        Some((kind, body)) => ("200 OK", kind, body),
        None => (
            "404 Not Found",
            "text/plain",
            b"there is no such file\n".to_vec(),
        ),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nCache-Control: no-cache\r\n\
         Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Embedder-Policy: require-corp\r\n\
         Connection: close\r\n\r\n"
    )?;
    stream.write_all(&body)
}

/// A file of the page and its type; nothing for what lies outside, or is not there.
fn file(dist: &Path, wanted: &str) -> Option<(&'static str, Vec<u8>)> {
    let wanted = wanted.split(['?', '#']).next()?.trim_start_matches('/');
    let wanted = Path::new(if wanted.is_empty() {
        "index.html"
    } else {
        wanted
    });
    if !wanted
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return None;
    }
    let kind = match wanted.extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript",
        "css" => "text/css",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    };
    Some((kind, std::fs::read(dist.join(wanted)).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_page_are_served() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(file(root, "/Cargo.toml?x").is_some_and(|(_, bytes)| !bytes.is_empty()));
        for outside in [
            "/../xtask/Cargo.toml",
            "//etc/passwd.txt",
            "/src",
            "/nothing.js",
            "/",
        ] {
            assert!(file(root, outside).is_none(), "{outside}");
        }
    }

    #[test]
    fn a_port_is_a_number() {
        let check =
            |words: &[&str]| port(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert!(check(&[]).is_ok_and(|port| port == PORT));
        assert!(check(&["--port", "9000"]).is_ok_and(|port| port == 9000));
        assert!(check(&["--port", "x"]).is_err() && check(&["x"]).is_err());
    }
}
