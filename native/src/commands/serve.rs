//! `serve`: the page, with real runs on this machine behind it.

use std::net::SocketAddr;

use anyhow::Result;

use crate::cli::Serve;
use crate::failure::bad_input;
use crate::{complain, output, serve};

/// Runs the command. It ends by Ctrl-C, or where it cannot begin.
pub(crate) fn serve(args: &Serve) -> Result<()> {
    let host = args.host;
    if !host.is_loopback() {
        if !args.exposed {
            return Err(bad_input(format!(
                "--host {host} lets other machines reach this server, and whoever of them learns its token, \
                 which travels unencrypted, can start programs here under your name: leave --host out and \
                 forward the port (`ssh -L 8080:127.0.0.1:8080 HOST`), or say \
                 --i-know-that-others-can-run-code-here as well"
            )));
        }
        complain(&format!(
            "warning: listening on {host}: whoever learns the token can run programs on this machine"
        ));
    }
    if !serve::has_page() {
        complain(
            "note: this binary carries no page, only the interface for programs: in Trilane's sources, \
             `cargo xtask serve` builds the page, and a binary with it",
        );
    }
    serve::serve(SocketAddr::new(host, args.port), |url| {
        output::print(&format!("Trilane is at {url} (stop with Ctrl-C)\n"))
    })
}
