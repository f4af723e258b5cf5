//! `trilane-bindgen MODULE.wasm FOLDER NAME [--split]`: writes `NAME.js` and `NAME_bg.wasm` for a browser.
//!
//! What `wasm-bindgen --target web --no-typescript` does, without that program's own dependencies. With
//! `--split` the module is first cut at the functions that are marked so (see web/src/cut.rs): what only they
//! lead to becomes `split_PART.wasm`, what several parts share `chunk_NUMBER.wasm`, and `NAME_parts.js` fetches
//! them. The module has to be linked with `--emit-relocs`.
//!
//! `trilane-bindgen --order MODULE.wasm OUT.wasm` names a finished module's functions in the order in which they
//! compress best ([`order`]).

mod order;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, module, out] = arguments.as_slice()
        && flag == "--order"
    {
        return ended(ordered(Path::new(module), Path::new(out)));
    }
    let (module, folder, name, split) = match arguments.as_slice() {
        [module, folder, name] => (module, folder, name, false),
        [module, folder, name, flag] if flag == "--split" => (module, folder, name, true),
        _ => {
            eprintln!(
                "trilane-bindgen: give MODULE.wasm, a folder, a name, and --split or nothing; or \
                 --order, MODULE.wasm and the file to write"
            );
            return ExitCode::FAILURE;
        }
    };
    let (module, folder) = (PathBuf::from(module), Path::new(folder));
    let module = match split {
        true => cut(&module, folder, name),
        false => Ok(module),
    };
    ended(module.and_then(|module| bind(&module, folder, name, split)))
}

fn ended(result: Result<(), Box<dyn Error>>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("trilane-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn ordered(module: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::write(out, order::named(&std::fs::read(module)?)?)?;
    Ok(())
}

/// Cuts the module, and gives where what is left of it lies.
fn cut(module: &Path, folder: &Path, name: &str) -> Result<PathBuf, Box<dyn Error>> {
    // Parts of an older build would be taken for this one's.
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    let input = std::fs::read(module)?;
    let main = folder.join("whole.wasm");
    let (link, script) = (format!("./{name}_parts.js"), format!("./{name}.js"));
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = &link;
    options.main_module = &script;
    wasm_split_cli_support::transform(options)?;
    Ok(main)
}

fn bind(module: &Path, folder: &Path, name: &str, split: bool) -> Result<(), Box<dyn Error>> {
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen
        .input_path(module)
        .out_name(name)
        .typescript(false)
        // The names of functions are a third of the module.
        .remove_name_section(true)
        .remove_producers_section(true)
        // Parts take the table of functions from there.
        .keep_lld_exports(split)
        .omit_default_module_path(false);
    let mut output = bindgen.web(true)?.generate_output()?;
    let short = match split {
        true => shortened(&mut output),
        false => vec![],
    };
    output.emit(folder)?;
    let path = folder.join(format!("{name}.js"));
    let mut script = std::fs::read_to_string(&path)?;
    for (long, short) in short {
        script = script.replace(&format!("{long}:"), &format!("{short}:"));
    }
    std::fs::write(path, script)?;
    Ok(())
}

/// Gives each import a short name; gives the names it had with those it has. They are told twice, in module and
/// script, with a hash that hardly compresses: a hundredth of what a visitor fetches.
fn shortened(output: &mut wasm_bindgen_cli_support::Output) -> Vec<(String, String)> {
    let script = output.js().to_owned();
    let mut short: Vec<(String, String)> = Vec::new();
    for import in output.wasm_mut().imports.iter_mut() {
        let key = format!("{}:", import.name);
        if !import.name.starts_with("__wb") || script.matches(&key).count() != 1 {
            continue;
        }
        let name = format!("w{}", short.len());
        short.push((std::mem::replace(&mut import.name, name.clone()), name));
    }
    short
}
