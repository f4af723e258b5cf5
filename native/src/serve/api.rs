//! The interface under `/api/v1/`. docs/SERVE.md describes it for whoever writes to it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use futures_util::stream;
use serde_json::json;

use super::jobs::{Job, Listener, UNHEARD, Work};
use super::orders::{Calibrate, Measure};
use super::reply::{Refused, not_found};
use super::{Server, body, reply};

/// So often a silent stream says that it is alive, and finds out whether anybody is there.
const PULSE: Duration = Duration::from_secs(5);

/// All addresses.
pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/api/v1/interpreters", get(interpreters))
        .route("/api/v1/measure", post(measure))
        .route("/api/v1/calibrate", post(calibrate))
        .route("/api/v1/jobs/{id}", delete(cancel))
        .route("/api/v1/jobs/{id}/events", get(events))
        .route("/api/v1/jobs/{id}/trace/{number}", get(trace))
}

/// `GET interpreters`: what can run plans here.
async fn interpreters(State(server): State<Arc<Server>>) -> Response {
    let list = server.interpreters.list().await;
    reply::json(StatusCode::OK, &list.document())
}

/// `POST measure`: a job that runs a scenario.
async fn measure(State(server): State<Arc<Server>>, request: Request) -> Result<Response, Refused> {
    let order: Measure = body::json(request).await?;
    let list = server.interpreters.list().await;
    let work = tokio::task::spawn_blocking(move || order.work(list)).await;
    queue(&server, work.map_err(|_| broke())??)
}

/// `POST calibrate`: a job that makes a profile.
async fn calibrate(
    State(server): State<Arc<Server>>,
    request: Request,
) -> Result<Response, Refused> {
    let order: Calibrate = body::json(request).await?;
    let list = server.interpreters.list().await;
    queue(&server, order.work(&list)?)
}

/// Puts work into the queue: 202 with the job's number, or 429.
fn queue(server: &Arc<Server>, work: Work) -> Result<Response, Refused> {
    let job = server.jobs.add(work).map_err(|full| {
        let reason = "one job runs and eight wait, which is as many as may: try again later";
        Refused::new(StatusCode::TOO_MANY_REQUESTS, reason).retry_after(full.retry_s)
    })?;
    let (jobs, unheard) = (Arc::clone(&server.jobs), Arc::clone(&job));
    tokio::spawn(async move {
        tokio::time::sleep(UNHEARD).await;
        jobs.cancel_unheard(&unheard);
    });
    let id = job.id;
    let events = format!("/api/v1/jobs/{id}/events");
    let mut response = reply::json(StatusCode::ACCEPTED, &json!({ "id": id, "events": events }));
    if let Ok(place) = events.try_into() {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// `DELETE jobs/{id}`: 204 also where it is over already.
async fn cancel(
    State(server): State<Arc<Server>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refused> {
    let job = find(&server, &id)?;
    server.jobs.cancel(&job, "it was asked for");
    Ok(StatusCode::NO_CONTENT)
}

/// `GET jobs/{id}/events`: where the job stands, until it is over. Hanging up cancels it.
async fn events(
    State(server): State<Arc<Server>>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Refused> {
    let listener = Listener::new(&server.jobs, find(&server, &id)?);
    let events = stream::unfold(Some(listener), |listener| async {
        let mut listener = listener?;
        let stage = listener.next().await?;
        let (name, data) = stage.event();
        let event = Event::default().event(name).data(data);
        let rest = (!stage.is_over()).then_some(listener);
        Some((Ok::<_, Infallible>(event), rest))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(PULSE)))
}

/// `GET jobs/{id}/trace/{number}`: a measured trace, in the trace format.
async fn trace(
    State(server): State<Arc<Server>>,
    Path((id, number)): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, Refused> {
    let job = find(&server, &id)?;
    let number: Option<usize> = number.parse().ok();
    let bytes = number.and_then(|number| job.trace(number));
    let Some(bytes) = bytes else {
        return Ok(not_found(uri.path()));
    };
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((kind, bytes).into_response())
}

fn find(server: &Server, id: &str) -> Result<Arc<Job>, Refused> {
    let job = id.parse().ok().and_then(|id| server.jobs.find(id));
    job.ok_or_else(|| {
        let reason = "there is no such job: the last four are kept, and none over a restart";
        Refused::new(StatusCode::NOT_FOUND, reason)
    })
}

fn broke() -> Refused {
    Refused::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the request could not be worked on: see the server's terminal",
    )
}
