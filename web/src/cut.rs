//! Cuts: what the first race needs nothing of is fetched when it is first used.
//!
//! A [`cut!`] names a part and one function that gives whatever is behind it: function pointers, which lead to
//! all the rest. `cargo xtask build` moves what can be reached through that function alone into a module of
//! its own (`part-NAME.wasm`). Without the feature `split`, as plain `trunk serve`, `--dev` and the
//! tests on the host are built, nothing is cut, and the same code runs through.
//!
//! On the page a part is shown by `components::later::Later`, with words while it is fetched, and a way to
//! try again where that failed. In the worker the driver fetches it before it hands a request over that needs it.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

/// The part could not be fetched. The browser's console says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing;

#[cfg(all(feature = "split", target_arch = "wasm32"))]
impl From<wasm_split_helpers::SplitLoaderError> for Missing {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Missing {
        Missing
    }
}

/// `cut!(NAME, fn FUNCTION() -> TYPE = …);`: `async fn FUNCTION() -> Result<TYPE, Missing>`, whose body lies in the
/// part NAME.
macro_rules! cut {
    ($part:ident, $visible:vis fn $name:ident() -> $out:ty = $body:expr) => {
        #[cfg(all(feature = "split", target_arch = "wasm32"))]
        #[wasm_split_helpers::wasm_split($part, fallible)]
        $visible fn $name() -> Result<$out, $crate::cut::Missing> {
            Ok($body)
        }

        #[cfg(not(all(feature = "split", target_arch = "wasm32")))]
        $visible async fn $name() -> Result<$out, $crate::cut::Missing> {
            Ok($body)
        }
    };
}
pub(crate) use cut;

/// A part that is on its way.
pub type Coming<T> = Pin<Box<dyn Future<Output = Result<T, Missing>>>>;

/// A part behind a cut, which is fetched once.
#[derive(Debug)]
pub struct Part<T> {
    here: OnceLock<T>,
    fetch: fn() -> Coming<T>,
}

impl<T: Copy> Part<T> {
    /// A part that `fetch` brings.
    pub const fn new(fetch: fn() -> Coming<T>) -> Part<T> {
        Part {
            here: OnceLock::new(),
            fetch,
        }
    }

    /// The part, where it is here: at once where nothing is cut.
    pub fn here(&self) -> Option<T> {
        if self.here.get().is_none() && !cfg!(all(feature = "split", target_arch = "wasm32")) {
            let mut coming = (self.fetch)();
            let polled = coming
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()));
            if let Poll::Ready(Ok(part)) = polled {
                let _ = self.here.set(part);
            }
        }
        self.here.get().copied()
    }

    /// Fetches it, if it is not here already. After a failure the next call tries again.
    ///
    /// # Errors
    /// It cannot be fetched.
    pub async fn fetched(&self) -> Result<T, Missing> {
        if let Some(part) = self.here() {
            return Ok(part);
        }
        let part = (self.fetch)().await?;
        Ok(*self.here.get_or_init(|| part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    cut!(number, fn number() -> fn() -> u32 = || 7);
    static NUMBER: Part<fn() -> u32> = Part::new(|| Box::pin(number()));

    #[test]
    fn what_is_not_cut_is_here_at_once() {
        assert_eq!(NUMBER.here().map(|part| part()), Some(7));
    }
}
