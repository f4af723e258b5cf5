//! `trilane-bindgen MODULE.wasm FOLDER NAME`: writes `NAME.js` and `NAME_bg.wasm` for a browser.
//!
//! What `wasm-bindgen --target web --no-typescript` does, without that program's own dependencies.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, folder, name] = arguments.as_slice() else {
        eprintln!("trilane-bindgen: give MODULE.wasm, a folder, and a name");
        return ExitCode::FAILURE;
    };
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen
        .input_path(module)
        .out_name(name)
        .typescript(false)
        // The names of functions are a third of the module.
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(false);
    let done = bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("trilane-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}
