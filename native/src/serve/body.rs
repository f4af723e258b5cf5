//! Reading a request's body: so much, in so much time, and only as what it says it is.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::reply::Refused;

/// A scenario of the greatest length in a few more words is longer than this only where every character is
/// escaped.
const MOST_BYTES: usize = 1024 * 1024;
/// However slowly it comes.
const PATIENCE: Duration = Duration::from_secs(10);

/// The body as what it must be.
///
/// # Errors
///
/// 413, 408, 415, 400: what is wrong with it.
pub(super) async fn json<T: DeserializeOwned>(request: Request) -> Result<T, Refused> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or("");
    // A form of another site can send any text, but not under this name.
    let name = kind.split(';').next().unwrap_or("").trim();
    if !name.eq_ignore_ascii_case("application/json") {
        return Err(Refused::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body must be JSON: send `Content-Type: application/json`",
        ));
    }
    let bytes = tokio::time::timeout(PATIENCE, read(request)).await;
    let bytes = bytes.map_err(|_| {
        let reason = format!("the body did not come within {} s", PATIENCE.as_secs());
        Refused::new(StatusCode::REQUEST_TIMEOUT, reason)
    })??;
    serde_json::from_slice(&bytes).map_err(|error| {
        let reason = format!("the body is not what this address takes: {error}");
        Refused::new(StatusCode::BAD_REQUEST, reason)
    })
}

async fn read(request: Request) -> Result<Vec<u8>, Refused> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MOST_BYTES) {
        return Err(too_long());
    }
    let mut bytes = Vec::new();
    let mut pieces = request.into_body().into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| {
            Refused::new(StatusCode::BAD_REQUEST, "the body ends before its length")
        })?;
        if bytes.len() + piece.len() > MOST_BYTES {
            return Err(too_long());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn too_long() -> Refused {
    Refused::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("the body is longer than {MOST_BYTES} bytes: send a shorter scenario"),
    )
}
