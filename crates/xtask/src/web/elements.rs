//! `embed/v1/` of the page: the custom elements' script with what it fetches, and the frame for an iframe.
//!
//! Every file has its hash in its name and, in the script and the manifest, the hash by which a browser checks
//! it (subresource integrity). `trilane.js` is the script under a name that stays, for who wants the newest.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha384};

use super::{hashed, learn, read};

/// Where the files lie. Its number is that of the format: of attributes, messages and the manifest.
const FOLDER: &str = "embed/v1";
/// How the script says that it is to be told its files.
const FILES: &str = "const FILES = {};";
/// How the frame names the two scripts.
const SCRIPTS: [&str; 2] = [
    r#"<script type="module" src="./trilane.js"></script>"#,
    r#"<script type="module" src="./frame.js"></script>"#,
];

/// What the page is made of, which the elements share with it: names in `dist/`, and bytes.
pub(super) struct Module<'m> {
    /// The first is the page's own; it imports the others.
    pub(super) scripts: Vec<(&'m str, &'m [u8])>,
    pub(super) wasm: (&'m str, &'m [u8]),
    pub(super) style: &'m [u8],
}

/// All files of the folder, by their names in `dist/`.
pub(super) fn files(
    root: &Path,
    module: &Module<'_>,
    learn: &[learn::File],
) -> Result<Vec<(String, Vec<u8>)>> {
    let sources = root.join("web/elements");
    let text = |name: &str| {
        let bytes = read(&sources.join(name))?;
        String::from_utf8(bytes).with_context(|| format!("web/elements/{name} is no text"))
    };
    let mut made: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, ending: &str, bytes: Vec<u8>| {
        let name = hashed(name, &bytes, ending);
        let entry = json!([format!("./{name}"), integrity(&bytes)]);
        made.push((name, bytes));
        entry
    };
    let style = shadow(std::str::from_utf8(module.style)?, &text("shadow.css")?);
    let style = add("elements", "css", style.into_bytes());
    let mut labels = Map::new();
    for file in learn {
        let entry = add(&words(&file.code), "book", file.words.clone());
        labels.insert(file.code.clone(), entry);
    }
    let beside = |(name, bytes): (&str, &[u8])| json!([format!("../../{name}"), integrity(bytes)]);
    let scripts: Vec<Value> = module.scripts.iter().copied().map(beside).collect();
    let files = json!({
        "scripts": scripts, "wasm": beside(module.wasm), "style": style, "labels": labels,
    });
    let script = text("trilane.js")?;
    ensure!(
        script.matches(FILES).count() == 1,
        "web/elements/trilane.js has no `{FILES}` to be filled in"
    );
    let script = script.replace(FILES, &format!("const FILES = {files};"));
    let frame = add("frame", "js", text("frame.js")?.into_bytes());
    let entry = add("trilane", "js", script.clone().into_bytes());
    let page = framed(&text("frame.html")?, [&entry, &frame])?;
    let manifest = json!({
        "v": 1, "version": env!("CARGO_PKG_VERSION"),
        "script": entry[0], "integrity": entry[1], "files": files,
    });
    made.extend([
        ("trilane.js".to_owned(), script.into_bytes()),
        ("index.html".to_owned(), page.into_bytes()),
        (
            "manifest.json".to_owned(),
            format!("{manifest:#}\n").into_bytes(),
        ),
    ]);
    let placed = |(name, bytes): (String, Vec<u8>)| (format!("{FOLDER}/{name}"), bytes);
    Ok(made.into_iter().map(placed).collect())
}

/// What the file with a language's words is called before its hash.
fn words(code: &str) -> String {
    format!("labels-{code}")
}

/// Where that file lies in `dist/`: the page has its words from there, too.
pub(super) fn words_at(file: &learn::File) -> String {
    let name = hashed(&words(&file.code), &file.words, "book");
    format!("{FOLDER}/{name}")
}

/// What a browser holds a file to.
pub(super) fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes)))
}

/// The page's style sheet for a shadow root, and what is different there.
fn shadow(page: &str, own: &str) -> String {
    format!("{}{own}", page.replace(":root", ":host"))
}

/// The frame with its scripts as they were built.
fn framed(page: &str, built: [&Value; 2]) -> Result<String> {
    let mut page = page.to_owned();
    for (written, built) in SCRIPTS.iter().zip(built) {
        ensure!(
            page.contains(written),
            "web/elements/frame.html has no `{written}`"
        );
        let (src, hash) = (built[0].as_str(), built[1].as_str());
        let (src, hash) = (src.unwrap_or_default(), hash.unwrap_or_default());
        let now = format!(r#"<script type="module" src="{src}" integrity="{hash}"></script>"#);
        page = page.replace(written, &now);
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_script_fetches_is_there_with_its_hash() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let module = Module {
            scripts: vec![("trilane-1.js", b"script"), ("parts-1.js", b"parts")],
            wasm: ("trilane-2.wasm", b"wasm"),
            style: b":root{--a:b}",
        };
        let learn = learn::files(&root).expect("the course is right");
        let files = files(&root, &module, &learn).expect("the sources are there");
        let find = |name: &str| {
            let name = format!("{FOLDER}/{}", name.trim_start_matches("./"));
            let found = files.iter().find(|(there, _)| *there == name);
            found.map(|(_, bytes)| bytes.as_slice())
        };
        let manifest: Value =
            serde_json::from_slice(find("manifest.json").expect("a manifest")).expect("JSON");
        let mut named = vec![
            (&manifest["script"], &manifest["integrity"]),
            (
                &manifest["files"]["style"][0],
                &manifest["files"]["style"][1],
            ),
        ];
        let labels = manifest["files"]["labels"].as_object().expect("languages");
        assert!(labels.contains_key("en") && labels.contains_key("de"));
        named.extend(labels.values().map(|entry| (&entry[0], &entry[1])));
        for (name, hash) in named {
            let bytes = find(name.as_str().expect("a name")).expect("it is there");
            assert_eq!(hash.as_str(), Some(integrity(bytes).as_str()), "{name}");
        }
        for file in &learn {
            let name = words_at(file);
            assert!(files.iter().any(|(there, _)| *there == name), "{name}");
        }
        assert_eq!(manifest["files"]["scripts"][0][0], "../../trilane-1.js");
        let frame = std::str::from_utf8(find("index.html").expect("a frame")).expect("text");
        assert!(
            frame.contains(manifest["integrity"].as_str().expect("a hash")),
            "{frame}"
        );
        assert!(
            !frame.contains("./frame.js") && !frame.contains("<script>"),
            "{frame}"
        );
        let style = find(manifest["files"]["style"][0].as_str().expect("a name"));
        assert!(style.expect("a style sheet").starts_with(b":host{--a:b}"));
    }
}
