//! `trilane serve`: the page out of this binary, and real runs on this machine behind it.
//!
//! It starts processes under somebody's name, so nothing passes that is not meant to. Every request goes
//! through [`guard`] first: the name it was sent to, the page it comes from, the secret it shows. What
//! passes can name interpreters by the number they have in a list and hand over scenarios as data;
//! [`jobs`] runs one at a time. ARCHITECTURE.md says who might want in, and what stops them.
//!
//! One thread serves everything: it sleeps while a run is measured. Whatever takes time (reading a
//! scenario, a run, the search for interpreters) has a thread of its own.

mod api;
mod body;
mod connection;
mod guard;
mod interpreters;
mod jobs;
mod keys;
mod orders;
mod page;
mod reply;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::stop;

use guard::Guard;
use interpreters::Interpreters;
use jobs::Jobs;
use keys::Keys;

pub(crate) use page::is_there as has_page;

/// What every handler can reach.
struct Server {
    jobs: Arc<Jobs>,
    interpreters: Interpreters,
}

/// Serves until the program is ended; `ready` is told the address for the browser.
///
/// # Errors
///
/// Where the address cannot be listened on.
pub(crate) fn serve(address: SocketAddr, ready: impl FnOnce(&str) -> Result<()>) -> Result<()> {
    // From here on Ctrl-C ends the children first.
    stop::listen();
    let listener = TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}: choose another port with --port N, or a free one with --port 0")
    })?;
    listener.set_nonblocking(true)?;
    let bound = listener.local_addr()?;
    let keys = Keys::new(bound.port())?;
    let url = url(bound, &keys);
    let guard = Arc::new(Guard::new(bound, keys));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the server")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let server = Arc::new(Server {
            jobs: Jobs::start()?,
            interpreters: Interpreters::default(),
        });
        // So that the list is there when the page asks for it.
        let search = Arc::clone(&server);
        tokio::spawn(async move { search.interpreters.list().await.len() });
        ready(&url)?;
        connection::accept(listener, router(server, guard)).await;
        Ok(())
    })
}

fn router(server: Arc<Server>, guard: Arc<Guard>) -> Router {
    api::routes()
        .fallback(page::answer)
        .method_not_allowed_fallback(reply::wrong_method)
        .layer(from_fn_with_state(guard, guard::pass))
        .with_state(server)
}

/// The address for the browser, with the token. Where all addresses are listened on, this machine's own.
fn url(bound: SocketAddr, keys: &Keys) -> String {
    let mut shown = bound;
    if bound.ip().is_unspecified() {
        shown.set_ip(match bound {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{shown}/?token={}", keys.token())
}
