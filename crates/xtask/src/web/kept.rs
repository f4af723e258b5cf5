//! What the build makes of the same input again and again, kept under the input's hash in
//! `target/web`, so that nothing slow runs twice.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result};

/// Gives what was made of these inputs before, or makes it and keeps it, the newest of its name.
pub(super) fn kept(
    folder: &Path,
    name: &str,
    inputs: &[&[u8]],
    make: impl FnOnce() -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    let stamp = folder.join(format!("{name}.stamp"));
    let file = folder.join(name);
    let hash = hash(inputs);
    if std::fs::read_to_string(&stamp).is_ok_and(|text| text == hash)
        && let Ok(bytes) = std::fs::read(&file)
    {
        return Ok(bytes);
    }
    let bytes = make()?;
    let put = |path: &Path, bytes: &[u8]| {
        std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
    };
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // Whoever is interrupted between the two leaves a file without its stamp, which is made again.
    let _ = std::fs::remove_file(&stamp);
    put(&file, &bytes)?;
    put(&stamp, hash.as_bytes())?;
    Ok(bytes)
}

/// Sixteen digits that change with any of the inputs.
pub(super) fn hash(inputs: &[&[u8]]) -> String {
    let mut hasher = DefaultHasher::new();
    inputs.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_made_again() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tmp/xtask-kept-test");
        let _ = std::fs::remove_dir_all(&folder);
        let mut made = 0;
        let mut make = |inputs: &[&[u8]]| {
            kept(&folder, "thing", inputs, || {
                made += 1;
                Ok(vec![made])
            })
            .expect("a folder of ours")
        };
        let seen = [
            make(&[b"a", b"b"]),
            make(&[b"a", b"b"]),
            make(&[b"ab", b""]),
            make(&[b"a", b"b"]),
        ];
        assert_eq!(seen, [[1], [1], [2], [3]]);
    }
}
