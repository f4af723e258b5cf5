//! Which Python a program is written for.

/// A version of CPython 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version {
    minor: u32,
    /// Without a GIL (PEP 703).
    pub(super) free_threaded: bool,
}

impl Version {
    /// Finds `3.N` or `3.Nt` in what was asked for: `3.14t`, `python3.12`, a path.
    pub(super) fn parse(python: &str) -> Version {
        for (at, _) in python.match_indices("3.") {
            let rest = &python[at + 2..];
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if let Ok(minor) = rest[..digits].parse() {
                return Version {
                    minor,
                    free_threaded: rest[digits..].starts_with('t'),
                };
            }
        }
        Version {
            minor: 11,
            free_threaded: false,
        }
    }

    /// The same, but at least 3.`minor`.
    pub(super) fn at_least(self, minor: u32) -> Version {
        Version {
            minor: self.minor.max(minor),
            ..self
        }
    }

    /// The command that starts it: `python3.14t`.
    pub(super) fn command(self) -> String {
        let tail = if self.free_threaded { "t" } else { "" };
        format!("python3.{}{tail}", self.minor)
    }

    /// `asyncio.TaskGroup` and `asyncio.timeout` came with 3.11, as did `asyncio.TimeoutError`
    /// being the builtin one.
    pub(super) fn has_task_group(self) -> bool {
        self.minor >= 11
    }

    /// Before 3.10 a lock or queue of asyncio belonged to the loop that was current when it was made.
    pub(super) fn binds_locks_late(self) -> bool {
        self.minor >= 10
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_names_and_paths() {
        let check = |text, minor, free_threaded| {
            assert_eq!(
                Version::parse(text),
                Version {
                    minor,
                    free_threaded
                },
                "{text}"
            );
        };
        check("3.13", 13, false);
        check("3.14t", 14, true);
        check("python3.12", 12, false);
        check("/opt/3.9.18/bin/python3", 9, false);
        check("python3", 11, false);
        check("", 11, false);
    }
}
