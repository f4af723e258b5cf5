//! The page, out of this binary: every file of `dist/` as the build script packed it.

use std::io::Read;
use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;

use super::reply::{API, not_found, refuse, wrong_method};

/// A file of the page.
struct File {
    /// Its address: `/style-0123.css`.
    path: &'static str,
    /// Under gzip. On loopback brotli's bytes would save nothing that one could notice, and Firefox takes
    /// brotli over TLS only.
    gzip: &'static [u8],
}

// FILES and SCRIPTS: the files, and the hashes of the scripts that stand in their HTML itself.
include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// What the page may do: run what came with it, and talk to this server. Its scripts and its WebAssembly
/// may be compiled, but no text becomes code. Styles may stand in the page, as it makes its palette's and
/// Yew its attributes'; they run nothing, and load nothing from elsewhere.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{}; worker-src 'self' blob:; \
         style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
        hashes(SCRIPTS),
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

fn hashes(all: &[&str]) -> String {
    all.iter().map(|hash| format!(" '{hash}'")).collect()
}

/// Whether the binary was built with a page.
pub(crate) fn is_there() -> bool {
    !FILES.is_empty()
}

/// Whether the page has something at this address.
pub(super) fn has(path: &str) -> bool {
    find(path).is_some()
}

fn find(path: &str) -> Option<&'static File> {
    // A folder is its page.
    let page = match path.ends_with('/') {
        true => "index.html",
        false => "",
    };
    let named = |file: &&File| file.path.strip_prefix(path) == Some(page);
    FILES.iter().find(named)
}

/// Answers for every address that is none of the API's.
pub(super) async fn answer(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    if path == "/" && !is_there() {
        return refuse(
            path,
            StatusCode::NOT_FOUND,
            "This binary carries no page",
            "It was built without one. In Trilane's sources, `cargo xtask serve` builds the page, and a \
             binary with it; the interface for programs works all the same.",
        );
    }
    let Some(file) = find(path) else {
        return not_found(path);
    };
    if !matches!(method, Method::GET | Method::HEAD) {
        let mut response = wrong_method(uri).await;
        let headers = response.headers_mut();
        headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    debug_assert!(!path.starts_with(API));
    file.answer(accepts_gzip(&headers))
}

impl File {
    fn answer(&self, gzip: bool) -> Response {
        let mut response = match gzip {
            true => Bytes::from_static(self.gzip).into_response(),
            false => self.unpacked().into_response(),
        };
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static(kind(self.path));
        headers.insert(header::CONTENT_TYPE, kind);
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
        // How the page knows that this interface is behind it, without asking every host for it.
        let served = HeaderValue::from_static("trilane");
        headers.insert(HeaderName::from_static("server-timing"), served);
        if gzip {
            let packed = HeaderValue::from_static("gzip");
            headers.insert(header::CONTENT_ENCODING, packed);
        }
        response
    }

    fn unpacked(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // The build script packed it: it cannot be broken.
        let _ = GzDecoder::new(self.gzip).read_to_end(&mut bytes);
        bytes
    }
}

/// By the ending. With `nosniff` a browser takes the server's word.
fn kind(path: &str) -> &'static str {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "book" => "application/vnd.trilane.book",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// Whether a client takes gzip: named, and not with a weight of 0.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter();
    let mut items = lists
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','));
    items.any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let weight = weight.trim().strip_prefix("q=").map(str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight, Some(Ok(0.0)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_goes_to_those_who_take_it() {
        let check = |list: &'static str, expect: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(list));
            assert_eq!(accepts_gzip(&headers), expect, "{list}");
        };
        check("gzip, deflate, br", true);
        check("br;q=1.0, GZIP;q=0.5", true);
        check("gzip;q=0", false);
        check("br, identity", false);
        check("", false);
    }

    #[test]
    fn no_text_becomes_code_in_the_page() {
        let policy = POLICY.to_str().expect("it is ASCII");
        let scripts = policy
            .split("; ")
            .find(|part| part.starts_with("script-src"));
        let scripts = scripts.expect("scripts have a rule");
        assert!(!scripts.contains("'unsafe-"), "{scripts}");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert_eq!(SCRIPTS.is_empty(), FILES.is_empty());
    }

    #[test]
    fn every_file_has_a_type_and_can_be_unpacked() {
        for file in FILES {
            assert_ne!(kind(file.path), "application/octet-stream", "{}", file.path);
            assert!(!file.unpacked().is_empty(), "{}", file.path);
        }
    }
}
