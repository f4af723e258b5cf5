//! The page as files: index.html with whatever was built in its place, and all that it leads to.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Mode, editor, elements, hashed, isolate, learn, module, read, run, target};

/// A file of the page: its name in `dist/`, and its bytes.
pub(super) type Made = (String, Vec<u8>);

/// What a line of index.html has in whose place something is put that was built.
const MARK: &str = "data-build";

/// index.html as it is written.
pub(super) fn written(root: &Path) -> Result<String> {
    String::from_utf8(read(&root.join("index.html"))?).context("index.html is no text")
}

/// Builds all files of the page. `page` is index.html as it is [`written`], or with more in it.
pub(super) fn files(root: &Path, work: &Path, mode: Mode, page: &str) -> Result<Vec<Made>> {
    target(root)?;
    let module = module::module(root, work, mode)?;
    eprintln!("[4/6] the editor");
    let editor = editor::bundle(root, &root.join("target/web"))?;
    let editor_name = hashed("editor", &editor, "js");

    eprintln!("[5/6] the modules for real runs");
    let runs = run::modules(root, work, mode)?;
    let isolate = isolate::script(root, &root.join("target/web"))?;

    let style = read(&root.join("web/style.css"))?;
    let style = match mode {
        Mode::Release => module::minified(root, work, "style.css", &style)?,
        Mode::Dev => style,
    };
    let style_name = hashed("style", &style, "css");
    let learn = learn::files(root)?;
    let books: Vec<Made> = (learn.iter())
        .map(|file| {
            let name = hashed(&format!("learn-{}", file.code), &file.bytes, "book");
            (name, file.bytes.clone())
        })
        .collect();

    let scripts: Vec<&str> = (module.scripts.iter())
        .map(|(name, _)| name.as_str())
        .collect();
    let page = linked(page, &style_name, &scripts, &module.wasm.0)?;
    let mut page = told(&page, "data-editor", &format!("./{editor_name}"))?;
    for (attribute, address) in &runs.addresses {
        page = told(&page, attribute, address)?;
    }
    let names: Vec<&str> = books.iter().map(|(name, _)| name.as_str()).collect();
    let page = told(&page, "data-learn", &learn::list(&learn, &names))?;

    let elements = elements::files(
        root,
        &elements::Module {
            scripts: (module.scripts.iter())
                .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
                .collect(),
            wasm: (&module.wasm.0, &module.wasm.1),
            style: &style,
        },
        &learn,
    )?;
    let mut files = vec![
        ("index.html".to_owned(), page.into_bytes()),
        ("notes.html".to_owned(), read(&root.join("web/notes.html"))?),
        (style_name, style),
        (editor_name, editor),
        (isolate::NAME.to_owned(), isolate),
        module.wasm,
    ];
    for more in [module.scripts, module.parts, runs.files, books, elements] {
        files.extend(more);
    }
    Ok(files)
}

/// The page with its marked links replaced by what was built.
fn linked(page: &str, style: &str, scripts: &[&str], wasm: &str) -> Result<String> {
    let first = scripts.first().context("there is a script")?;
    let preload = |script: &&str| format!("<link rel=\"modulepreload\" href=\"./{script}\">");
    let preloads: String = scripts.iter().map(preload).collect();
    let mut out = String::new();
    for line in page.lines() {
        match line {
            line if !line.contains(MARK) => out.push_str(line),
            line if line.contains("rel=\"stylesheet\"") => {
                out.push_str(&format!("<link rel=\"stylesheet\" href=\"./{style}\">"));
            }
            line if line.contains("rel=\"rust\"") => out.push_str(&format!(
                "{preloads}<link rel=\"preload\" href=\"./{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n\
                 <script type=\"module\">import init from './{first}';init();</script>"
            )),
            other => bail!("index.html has a link that `cargo xtask build` does not know: {other}"),
        }
        out.push('\n');
    }
    Ok(out)
}

/// The page with a value for an attribute that is empty as it is written.
fn told(page: &str, attribute: &str, value: &str) -> Result<String> {
    let empty = format!("{attribute}=\"\"");
    if page.matches(&empty).count() != 1 {
        bail!("index.html has not exactly one `{empty}` for `{value}`: its root element has it");
    }
    Ok(page.replace(&empty, &format!("{attribute}=\"{value}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_what_was_built_and_stay_relative() {
        let page = "<link data-build rel=\"stylesheet\" href=\"a\">\n<link data-build rel=\"rust\" href=\"b\">\n<p>";
        let page = linked(page, "s.css", &["t.js", "u.js"], "t.wasm").expect("both are known");
        assert!(
            page.contains("'./t.js'")
                && page.contains("\"./u.js\"")
                && page.contains("\"./s.css\"")
                && !page.contains(MARK)
        );
        assert!(linked("<link data-build rel=\"icon\">", "", &[""], "").is_err());
    }

    #[test]
    fn an_attribute_is_told_once_or_named_as_missing() {
        let page = told("<html data-run=\"\">", "data-run", "./run-1.js").expect("it is there");
        assert_eq!(page, "<html data-run=\"./run-1.js\">");
        let error = told(&page, "data-run", "./run-2.js").expect_err("it is told already");
        assert!(error.to_string().contains("data-run"), "{error}");
    }

    #[test]
    fn index_html_has_a_place_for_whatever_is_built() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let page = written(&root).expect("the page");
        let page = linked(&page, "s.css", &["t.js"], "t.wasm").expect("its links are known");
        assert!(page.contains("./s.css") && page.contains("'./t.js'") && page.contains("./t.wasm"));
        let attributes = ["data-editor", "data-run", "data-threads", "data-learn"];
        let page = attributes
            .iter()
            .try_fold(page, |page, attribute| told(&page, attribute, "./x"));
        let page = page.expect("it has them all");
        assert!(!page.contains("=\"\"") && !page.contains(MARK), "{page}");
    }
}
