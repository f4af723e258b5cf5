//! What every request must show before anything looks at it.
//!
//! 1. *It was sent to us by our own name.* A stranger's name that was made to point to this machine (DNS
//!    rebinding) stands in the `Host` header, and is refused.
//! 2. *It comes from our own page.* Browsers say where a request comes from, in `Sec-Fetch-Site` and
//!    `Origin`, and pages cannot change either. From elsewhere one may follow a link to the page, and
//!    nothing more.
//! 3. *It shows the secret:* the cookie, or once, in the address, the token that gets it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::keys::Keys;
use super::page;
use super::reply::{API, protect, refuse};

/// The rules of one server.
#[derive(Debug)]
pub(super) struct Guard {
    port: u16,
    /// Other machines may reach it, as its owner wanted.
    exposed: bool,
    keys: Keys,
}

/// What is to be done with a request.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Pass,
    /// It has shown the token: it gets the cookie, and is sent to this path.
    Enter(String),
    /// Status, title, text.
    Refuse(StatusCode, &'static str, String),
}

/// The middleware around everything.
pub(super) async fn pass(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = match guard.judge(&parts) {
        Verdict::Pass => next.run(Request::from_parts(parts, body)).await,
        Verdict::Enter(path) => {
            let headers = [
                (header::LOCATION, path),
                (header::SET_COOKIE, guard.keys.set_cookie()),
            ];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Verdict::Refuse(status, title, text) => refuse(parts.uri.path(), status, title, &text),
    };
    protect(&mut response);
    response
}

impl Guard {
    /// For a server that listens there.
    pub(super) fn new(bound: SocketAddr, keys: Keys) -> Guard {
        Guard {
            port: bound.port(),
            exposed: !bound.ip().is_loopback(),
            keys,
        }
    }

    fn judge(&self, request: &Parts) -> Verdict {
        let Some(host) = self.own_host(request) else {
            return Verdict::Refuse(
                StatusCode::MISDIRECTED_REQUEST,
                "Another server's name",
                format!(
                    "the request was sent to another name than this server's: use the printed address, \
                     http://127.0.0.1:{}/",
                    self.port
                ),
            );
        };
        if !from_us(request, host) {
            return Verdict::Refuse(
                StatusCode::FORBIDDEN,
                "Not from here",
                "the request comes from another page than this server's own: only that page may ask for \
                 this"
                    .to_owned(),
            );
        }
        self.secret(request)
    }

    /// The `Host` header, if it is one of our names.
    fn own_host<'r>(&self, request: &'r Parts) -> Option<&'r str> {
        let host = only(&request.headers, header::HOST)?;
        // In the absolute form the request line names a host as well.
        let line = request.uri.authority();
        let agreed = line.is_none_or(|line| line.as_str() == host);
        (agreed && self.is_own(host)).then_some(host)
    }

    /// Names can be made to point anywhere, but for `localhost` and addresses in numbers.
    fn is_own(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port == self.port.to_string() => name,
            // Browsers leave out HTTP's own port.
            _ if self.port == 80 => host,
            _ => return false,
        };
        if name == "localhost" {
            return true;
        }
        let number = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'))
            .unwrap_or(name);
        let address: Result<IpAddr, _> = number.parse();
        address.is_ok_and(|address| self.exposed || address.is_loopback())
    }

    fn secret(&self, request: &Parts) -> Verdict {
        let path = request.uri.path();
        let reads = matches!(request.method, Method::GET | Method::HEAD);
        let mut cookies = request.headers.get_all(header::COOKIE).iter();
        let known = cookies.any(|header| header.to_str().is_ok_and(|text| self.keys.known(text)));
        let token = token(request).filter(|_| reads && !path.starts_with(API));
        match token {
            Some(token) if self.keys.opens(token) => {
                // To a file of ours or the start: never to where the address itself says.
                let to = if page::has(path) { path } else { "/" };
                Verdict::Enter(to.to_owned())
            }
            _ if known => Verdict::Pass,
            Some(_) => Verdict::Refuse(
                StatusCode::FORBIDDEN,
                "This address is out of date",
                "the token in this address is not this server's, which makes a new one with every start: \
                 use the address that `trilane serve` has printed in its terminal."
                    .to_owned(),
            ),
            None => Verdict::Refuse(
                StatusCode::FORBIDDEN,
                "Trilane needs its token",
                "this server can run programs on its machine, so it answers only browsers that were opened \
                 with the address that `trilane serve` has printed in its terminal, token and all. Copy \
                 it from there into the address bar."
                    .to_owned(),
            ),
        }
    }
}

/// The only header of that name; nothing for none and for several.
fn only(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}

/// Whether our own page asks, or a person: by typing, or by a link to the page itself.
fn from_us(request: &Parts, host: &str) -> bool {
    let headers = &request.headers;
    let reads = matches!(request.method, Method::GET | Method::HEAD);
    let origin = match headers.contains_key(header::ORIGIN) {
        true => only(headers, header::ORIGIN) == Some(&format!("http://{host}")),
        // Browsers leave it out only where nothing can be changed.
        false => reads,
    };
    let says = |name: &'static str| headers.get(name).map(|value| value.as_bytes());
    let site = match says("sec-fetch-site") {
        None | Some(b"same-origin" | b"none") => true,
        // Other ports of this machine are the same site, and other people's.
        Some(_) => {
            reads
                && !request.uri.path().starts_with(API)
                && says("sec-fetch-mode") == Some(b"navigate")
                && says("sec-fetch-dest") == Some(b"document")
        }
    };
    origin && site
}

/// The token in an address's query.
fn token(request: &Parts) -> Option<&str> {
    let pairs = request.uri.query()?.split('&');
    pairs
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == "token").then_some(value))
}

#[cfg(test)]
mod tests;
