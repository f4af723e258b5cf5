//! Writing results: to standard output in one go, and to files that are whole or not there.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Result, anyhow};

use crate::failure::reason;
use crate::stop::{self, Left};

/// Writes to standard output. A closed pipe comes back as an error of its own kind, which
/// [`crate::failure::verdict`] takes for a quiet end.
pub(crate) fn print(text: &str) -> Result<()> {
    print_bytes(text.as_bytes())
}

/// The same with bytes that are no text.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    let done = out.write_all(bytes).and_then(|()| out.flush());
    match done {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(error.into()),
        Err(error) => Err(anyhow!(
            "cannot write to standard output: {}",
            reason(&error)
        )),
    }
}

/// Writes a file: beside its place first, then moved there, so that a full disk or a stop halfway
/// leaves what was there before. Devices and pipes are written to as they are.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let special = path
        .metadata()
        .is_ok_and(|meta| !meta.is_file() && !meta.is_dir());
    let done = if special {
        write_through(path, bytes)
    } else {
        replace(path, bytes)
    };
    match done {
        Ok(()) => Ok(()),
        // A pipe with a name, whose reader has what it wanted.
        Err(error) if special && error.kind() == io::ErrorKind::BrokenPipe => Err(error.into()),
        Err(error) => Err(anyhow!(
            "cannot write `{}`: {}",
            path.display(),
            reason(&error)
        )),
    }
}

fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
    file.write_all(bytes)?;
    file.flush()
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a directory",
        ));
    }
    // Moving a file over one that may not be written would succeed, and not be meant.
    if path
        .metadata()
        .is_ok_and(|meta| meta.permissions().readonly())
    {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it is read-only",
        ));
    }
    // Through a link, the file it points to is replaced, and the link stays.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let beside = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".trilane-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = target
            .metadata()
            .map_or(0o666, |meta| meta.permissions().mode());
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    let (mut file, unfinished) = stop::keep(|| builder.tempfile_in(beside), Left::file)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    drop(unfinished);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let place = tempfile::tempdir().expect("a temporary directory");
        let path = place.path().join("out.svg");
        for text in ["first", "second"] {
            write_file(&path, text.as_bytes()).expect("written");
            assert_eq!(std::fs::read_to_string(&path).expect("readable"), text);
        }
        let error = write_file(&place.path().join("no/such/place.svg"), b"x").expect_err("refused");
        assert!(format!("{error:#}").contains("No such file"), "{error:#}");
        let mut closed = std::fs::metadata(&path).expect("it is there").permissions();
        closed.set_readonly(true);
        std::fs::set_permissions(&path, closed).expect("changed");
        let error = write_file(&path, b"x").expect_err("refused");
        assert!(format!("{error:#}").contains("read-only"), "{error:#}");
        assert_eq!(std::fs::read_to_string(&path).expect("readable"), "second");
        let error = write_file(place.path(), b"x").expect_err("refused");
        assert!(format!("{error:#}").contains("directory"), "{error:#}");
        assert_eq!(
            std::fs::read_dir(place.path()).expect("readable").count(),
            1
        );
    }
}
