//! What a bad file is told.

use trilane_core::scenario::{Format, parse};

/// Everything that a text is told, as people see it.
fn told(name: &str, text: &str) -> String {
    let problems = match parse(text, Format::guess(name, text)) {
        Ok(_) => return "fine".to_owned(),
        Err(problems) => problems,
    };
    let rendered: Vec<_> = problems
        .iter()
        .map(|problem| problem.render(name))
        .collect();
    rendered.join("\n\n")
}

fn check(name: &str, text: &str) {
    insta::assert_snapshot!(name.replace('.', "_"), told(name, text));
}

#[test]
fn every_problem_of_a_file_shows_at_once() {
    check(
        "everything-wrong.toml",
        r#"titel = "x"
seed = -1
cores = "4"
extra = 5

[tasks.page]
count = 0
arrive = "poison(50/s)"
after = ["logn", "login", "login"]
input = 64
memory = "64KB"
steps = [
  { io = "5 sec" }, { cpu = "-5ms" },	{ cpu = 5 }, { "日本" = 1, cpu = "0" },
  { io = "5ms", cpu = "5ms" }, {}, { cpuu = "5ms" },
  { lock = "bd", steps = [] }, { put = "db" }, { lock = "inbox" },
  { repeat = 1.5, steps = [ { cpu = "normall(1ms)" }, { cpu = "uniform(9ms, 1ms)" } ] },
  { gather = [] }, { cpu = "5ms", on = "thread" }, { put = "inbox", on = "loop" },
  { cpu = "NaNms" }, { cpu = "1h" }, { cpu = "lognormal(1ms, inf)" },
]
[tasks.login]
[resources]
db = { permits = 0 }
inbox = { capacity = 3, permits = 2 }
q = { }
"#,
    );
}

#[test]
fn the_same_mistakes_in_json_are_told_as_well() {
    check(
        "everything-wrong.json",
        r#"{
  "titel": "x", "seed": 1.5, "cores": null,
  "tasks": {
    "page": {
      "count": "10", "arrive": "every(5)", "after": "login", "input": "64",
      "steps": [
        { "io": "5 sec", "blocking": 1 }, { "cpu": true }, [ { "cpu": "5ms" } ],
        { "lock": "bd" }, { "get": "db" }, { "repeat": -3, "steps": { "cpu": "5ms" } },
        { "gather": [ { "io": "5ms" } ] }, { "timeout": "exp()", "steps": [] }
      ],
      "steps": []
    },
    "": { "count": 1, "steps": [] }
  },
  "resources": { "db": { "permit": 1 }, "pool": { "permits": 4 }, "inbox": 3 }
}
"#,
    );
}

#[test]
fn text_that_is_not_toml_is_read_on() {
    check(
        "broken.toml",
        r#"trilane = 1
title = "x
seed = 5 5
[tasks.a]
count = 5
steps = [ { cpu = 5ms }, { cpu = "1sec" } { io = "5ms" } ]
count = 6
arrive = "never"
[tasks.b
count = 1
"#,
    );
}

#[test]
fn text_that_is_not_json_is_told_where() {
    let check = |name: &str, text: &str| check(&format!("broken-{name}.json"), text);
    check("comma", "{\n  \"trilane\": 1,\n}\n");
    check("comment", "{\n  // a comment\n  \"trilane\": 1\n}\n");
    check("quotes", "{\n  'trilane': 1\n}\n");
    check("end", "{\n  \"trilane\": 1,\n  \"tasks\": {");
    check("nothing", " ");
}

#[test]
fn names_stand_for_what_they_are() {
    check(
        "names.toml",
        r#"trilane = 1
title = "names"
[tasks.page]
count = 1
after = ["pages", "login", "page"]
steps = [
  { lock = "inbox", steps = [] }, { put = "db" }, { get = "inbux" }, { lock = "d", steps = [] },
  { lock = "nowhere", steps = [ { get = "anywhere" } ] },
]
[resources]
db = { permits = 1 }
inbox = { capacity = 0 }
"#,
    );
}

#[test]
fn other_things() {
    check("nothing.toml", "");
    check("newer.toml", "trilane = 2\nflows = []\n");
    check("list.json", "[1]");
    check("no-tasks.toml", "trilane = 1\ntitle = \"x\"\ntasks = {}\n");
    check(
        "wide.toml",
        "\u{feff}trilane = 1\r\ntitle = \"x\"\r\n\t[tasks.\"日本\"]\r\ncount = 1\r\nsteps = [ { \"io\" = \"漢字\", on = \"ループ\" } ]\r\n",
    );
}
