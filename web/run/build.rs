//! What the linker must be told for memory that threads share: without any one of these the module is built
//! all the same, and shares nothing.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_THREADS").is_none() {
        return;
    }
    for argument in [
        "--shared-memory",
        "--import-memory",
        // 1 GiB: it is reserved, not used, and shared memory has to say how much.
        "--max-memory=1073741824",
        "--export=__wasm_init_tls",
        "--export=__tls_size",
        "--export=__tls_align",
        "--export=__tls_base",
    ] {
        println!("cargo::rustc-link-arg-cdylib={argument}");
    }
}
