//! Progress on standard error: only where somebody looks, and only once it takes over a second.

use std::io::IsTerminal;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::term::Look;

/// Work shorter than this is not worth a word.
const PATIENCE: Duration = Duration::from_secs(1);

/// A line that counts what is done.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// Ends the wait for [`PATIENCE`] early.
    shown: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts counting up to `total`.
    pub(crate) fn start(what: &'static str, total: usize) -> Progress {
        let template = match Look::stderr().ascii {
            true => "  {spinner} {msg} {pos}/{len} ({elapsed})",
            false => "  {spinner} {msg} {pos}/{len} · {elapsed}",
        };
        Progress::shown_as(template, what, total)
    }

    /// Starts towards an end that [`Progress::reach`] tells: a bar, and the time that is left.
    pub(crate) fn timed(what: &'static str) -> Progress {
        let template = match Look::stderr().ascii {
            true => "  {spinner} {msg} [{bar:24}] {percent}% ({eta} left)",
            false => "  {spinner} {msg} {bar:24} {percent} % · {eta} left",
        };
        Progress::shown_as(template, what, 1)
    }

    fn shown_as(template: &str, what: &'static str, total: usize) -> Progress {
        let total = u64::try_from(total).unwrap_or(u64::MAX);
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
        if !std::io::stderr().is_terminal() {
            return Progress { bar, shown: None };
        }
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_spinner())
            .progress_chars(if Look::stderr().ascii {
                "#>-"
            } else {
                "━╸ "
            })
            .tick_chars(if Look::stderr().ascii {
                "|/-\\ "
            } else {
                "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "
            });
        bar.set_style(style);
        bar.set_message(what);
        let (done, wait) = channel();
        let late = bar.clone();
        let thread = std::thread::spawn(move || {
            if wait.recv_timeout(PATIENCE).is_ok() {
                return;
            }
            late.set_draw_target(ProgressDrawTarget::stderr());
            late.enable_steady_tick(Duration::from_millis(100));
        });
        Progress {
            bar,
            shown: Some((done, thread)),
        }
    }

    /// One more is done.
    pub(crate) fn step(&self) {
        self.bar.inc(1);
    }

    /// So much of so much is done, and this comes next.
    pub(crate) fn reach(&self, done: u64, total: u64, next: Option<String>) {
        if let Some(next) = next {
            self.bar.set_message(next);
        }
        self.bar.set_length(total);
        self.bar.set_position(done);
    }

    /// Takes the line away.
    pub(crate) fn finish(mut self) {
        if let Some((done, thread)) = self.shown.take() {
            // The thread may have stopped waiting already; then there is nobody to tell.
            let _ = done.send(());
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}
