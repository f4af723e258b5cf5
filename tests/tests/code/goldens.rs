//! What the programs look like.

use crate::{program, scenario};

fn check(name: &str, text: &str, plan: &str, python: &str) {
    insta::assert_snapshot!(name, program(&scenario(text), plan, python));
}

const PAGES: &str = r#"
trilane = 1
title = "Fetch 200 pages, parse each"
seed = 7
[tasks.page]
count = 200
input = "64kB"
output = "4kB"
steps = [ { io = "lognormal(80ms, 0.4)", blocking = true }, { cpu = "5ms" }, { native = "exp(2ms)" } ]
"#;

const SHOP: &str = r#"
trilane = 1
title = "A shop: orders come in, are paid, and packed"
[tasks.login]
count = 1
steps = [ { io = "50ms" } ]
[tasks.order]
count = 40
arrive = "poisson(50/s)"
after = ["login"]
memory = "2MB"
steps = [
  { gather = [ [ { io = "20ms" } ], [ { io = "30ms" }, { cpu = "1ms" } ] ] },
  { timeout = "100ms", steps = [ { lock = "db", steps = [ { io = "pareto(20ms, 1.5)" } ] } ] },
  { put = "paid" },
]
[tasks.packer]
count = 2
after = ["login"]
steps = [ { repeat = 20, steps = [ { get = "paid" }, { cpu = "500us" } ] } ]
[resources]
db = { permits = 5 }
paid = { capacity = 100 }
"#;

#[test]
fn pages() {
    check("pages_sync", PAGES, "sync", "3.13");
    check("pages_threads", PAGES, "threads(8)", "3.13");
    check("pages_free_threaded", PAGES, "threads(each)", "3.14t");
    check(
        "pages_processes",
        PAGES,
        "processes(4, start=spawn, chunk=10)",
        "3.13",
    );
    check("pages_asyncio", PAGES, "asyncio", "3.13");
    check(
        "pages_mix",
        PAGES,
        "asyncio+threads(8)+processes(4, start=forkserver)",
        "3.14",
    );
}

#[test]
fn shop() {
    check("shop_threads", SHOP, "threads(8)", "3.13");
    check("shop_thread_each", SHOP, "threads(each)", "3.13");
    check("shop_processes", SHOP, "processes(4, start=fork)", "3.13");
    check("shop_interpreters", SHOP, "interpreters(4)", "3.14");
    check("shop_asyncio", SHOP, "asyncio(limit=100)", "3.13");
    check("shop_asyncio_3_10", SHOP, "asyncio+threads(8)", "3.10");
}
