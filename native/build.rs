//! Puts the course into the binary, and packs the page, if there is one, into it: each file of `dist/` under gzip, and the hashes of the
//! scripts that stand in its HTML, for `trilane serve`'s content security policy.
//!
//! `cargo xtask build` makes `dist/` and leaves what has not changed alone, so this runs again only where a
//! file has. A folder that is not there cannot be watched (cargo would run this, and compile the binary,
//! every time): where there is none, this file itself is watched, and `cargo xtask build` touches it when
//! it makes the folder. `TRILANE_PAGE` names another folder.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=TRILANE_PAGE");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let package = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let page = std::env::var_os("TRILANE_PAGE").map(PathBuf::from);
    let page = package.join("..").join(page.unwrap_or("dist".into()));
    let names = match page.join("index.html").is_file() {
        true => {
            println!("cargo::rerun-if-changed={}", page.display());
            files(&page)?
        }
        false => vec![],
    };
    let mut code = String::from("static FILES: &[File] = &[\n");
    let mut scripts = vec![];
    for name in &names {
        let bytes = std::fs::read(page.join(name))?;
        let packed = out.join(format!("{}.gz", name.replace('/', "+")));
        std::fs::write(&packed, gzip(&bytes)?)?;
        writeln!(
            code,
            "    File {{ path: {:?}, gzip: include_bytes!({:?}) }},",
            format!("/{name}"),
            packed.display().to_string()
        )?;
        if name.ends_with(".html") {
            scripts.extend(inline(std::str::from_utf8(&bytes)?));
        }
    }
    code.push_str("];\n");
    scripts.sort();
    scripts.dedup();
    writeln!(code, "static SCRIPTS: &[&str] = &{scripts:?};")?;
    std::fs::write(out.join("page.rs"), code)?;
    std::fs::write(out.join("course.rs"), course(&package.join("../content"))?)?;
    Ok(())
}

/// The course as code: of each language its name in paths, its `language.toml`, and its chapters by their files.
fn course(content: &Path) -> Result<String> {
    println!("cargo::rerun-if-changed={}", content.display());
    let mut names = vec![];
    list(content, "", &mut names)?;
    names.sort();
    let mut code = String::from("static COURSE: &[Folder] = &[\n");
    for settings in names.iter().filter(|name| name.ends_with("/language.toml")) {
        let language = settings.trim_end_matches("/language.toml");
        let text = |name: &str| {
            format!(
                "include_str!({:?})",
                content.join(name).display().to_string()
            )
        };
        writeln!(
            code,
            "    Folder {{ code: {language:?}, settings: {}, chapters: &[",
            text(settings)
        )?;
        let chapters = names
            .iter()
            .filter_map(|name| Some((name, name.strip_prefix(language)?)));
        for (name, file) in chapters.filter(|(_, file)| file.ends_with(".md")) {
            let file = file.trim_start_matches('/');
            writeln!(code, "        ({file:?}, {}),", text(name))?;
        }
        code.push_str("    ] },\n");
    }
    code.push_str("];\n");
    Ok(code)
}

/// The names of the page's files, `embed/v1/trilane.js`, in order; not what is being written.
fn files(page: &Path) -> Result<Vec<String>> {
    let mut names = vec![];
    list(page, "", &mut names)?;
    names.sort();
    Ok(names)
}

fn list(folder: &Path, before: &str, names: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().unwrap_or_default();
        if name.starts_with('.') || name.ends_with(".part") || name.is_empty() {
            continue;
        }
        let name = format!("{before}{name}");
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packer = GzEncoder::new(vec![], Compression::best());
    packer.write_all(bytes)?;
    Ok(packer.finish()?)
}

/// `sha256-…` of each script that stands in the HTML itself: what a policy names it by.
fn inline(html: &str) -> Vec<String> {
    let pieces = html.split("<script").skip(1);
    let texts = pieces.filter_map(|piece| {
        let (attributes, rest) = piece.split_once('>')?;
        let (text, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=") && !text.is_empty()).then_some(text)
    });
    texts
        .map(|text| format!("sha256-{}", STANDARD.encode(Sha256::digest(text))))
        .collect()
}
