//! Answers that are no result: to a person in plain words, to the page's code as `{"error": …}`.

use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Everything under it speaks JSON.
pub(super) const API: &str = "/api/";

/// A refusal under the API.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    document: Value,
    retry_after: Option<u64>,
}

impl Refused {
    /// With a reason in one line or some.
    pub(super) fn new(status: StatusCode, reason: impl Into<String>) -> Refused {
        Refused {
            status,
            document: json!({ "error": reason.into() }),
            retry_after: None,
        }
    }

    /// The same, and more than words.
    pub(super) fn with(mut self, key: &str, value: Value) -> Refused {
        self.document[key] = value;
        self
    }

    /// Come again in so many seconds.
    pub(super) fn retry_after(mut self, seconds: u64) -> Refused {
        self.retry_after = Some(seconds);
        self
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = json(self.status, &self.document);
        if let Some(seconds) = self.retry_after {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A document.
pub(super) fn json(status: StatusCode, document: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (status, kind, document.to_string()).into_response()
}

/// A refusal, for whoever asks for that path.
pub(super) fn refuse(path: &str, status: StatusCode, title: &str, text: &str) -> Response {
    if path.starts_with(API) {
        return Refused::new(status, text).into_response();
    }
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    let (title, text) = (escaped(title), escaped(&sentence(text)));
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n</html>\n"
    );
    (status, kind, page).into_response()
}

/// Nothing is there.
pub(super) fn not_found(path: &str) -> Response {
    let text = match path.starts_with(API) {
        true => "there is nothing at this address: docs/SERVE.md lists what there is",
        false => "Trilane has no page at this address. The Lab is at the address without a path.",
    };
    refuse(path, StatusCode::NOT_FOUND, "Nothing is here", text)
}

/// The address is right, the method is not; axum adds which would be.
pub(super) async fn wrong_method(uri: Uri) -> Response {
    refuse(
        uri.path(),
        StatusCode::METHOD_NOT_ALLOWED,
        "Not this way",
        "this address does not take that method: the `Allow` header names those it takes",
    )
}

/// With a capital, as a page begins.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// What every answer carries, whatever it is: the page is isolated from all other origins (so that it
/// may share memory with its workers), nobody else may load or frame it, nothing is guessed and nothing
/// kept.
pub(super) fn protect(response: &mut Response) {
    const ALWAYS: [(HeaderName, &str); 6] = [
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-embedder-policy"),
            "require-corp",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // The page's own files have said what they need.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ));
}
