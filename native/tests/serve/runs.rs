//! Real runs through the server: what they give, and that nothing of them is left.

use std::os::unix::process::ExitStatusExt;

use serde_json::{Value, json};
use trilane_core::profile::parse_profile;
use trilane_core::report::report;
use trilane_core::trace::{Origin, codec::decode};

use crate::server::Server;

const SMALL: &str = r#"
trilane = 1
title = "Twelve pages"
[tasks.page]
count = 12
steps = [ { io = "20ms" }, { cpu = "2ms" } ]
"#;

/// A run that begins at once, with worker processes of its own, and does not end by itself.
fn long() -> Value {
    let scenario = SMALL.replace("20ms", "600s");
    json!({ "scenario": scenario, "plans": ["processes(2)"], "repeat": 1 })
}

/// Begins one and waits until it and its workers run.
fn begin(server: &Server) -> (u64, crate::server::Events) {
    let id = server.job("measure", &long());
    let events = server.events(id);
    server.has_children(|count| count >= 3);
    (id, events)
}

#[test]
fn what_is_measured_comes_with_its_traces() {
    let server = Server::start();
    let order = json!({
        "scenario": SMALL, "plans": ["threads(4)", "asyncio", "sync@rust"], "repeat": 2, "seed": 3,
    });
    let id = server.job("measure", &order);
    let events: Vec<(String, Value)> = server.events(id).collect();
    let progress: Vec<&Value> = events
        .iter()
        .filter_map(|(name, data)| (name == "progress").then_some(data))
        .collect();
    let last_run = progress.iter().rev().find(|data| data["part"] == "run");
    let last_run = last_run.expect("runs are told");
    assert_eq!(
        (&last_run["repeat"], &last_run["repeats"]),
        (&json!(2), &json!(2))
    );
    assert!(last_run["plan"].is_string() && last_run["python"].is_string());
    for data in &progress {
        assert!(
            data["done_ms"].as_u64() <= data["total_ms"].as_u64(),
            "{data}"
        );
        assert!(
            data["left_ms"].is_u64() && data["elapsed_ms"].is_u64(),
            "{data}"
        );
    }
    let (name, document) = events.last().expect("an end");
    assert_eq!(name, "done", "{document}");
    assert_eq!(
        (&document["scenario"], &document["seed"]),
        (&json!("Twelve pages"), &json!(3))
    );
    let runs = document["runs"].as_array().expect("runs");
    assert_eq!(runs.len(), 3);
    for (number, run) in runs.iter().enumerate() {
        assert_eq!(
            (&run["origin"], &run["outcome"]),
            (&json!("measured"), &json!("completed"))
        );
        assert_eq!(run["repeats"].as_array().map(Vec::len), Some(2));
        let answer = server.page("GET", &format!("/api/v1/jobs/{id}/trace/{number}"), "");
        assert_eq!(
            answer.header("content-type"),
            Some("application/octet-stream")
        );
        let trace = decode(&answer.body).expect("a trace");
        assert_eq!(trace.origin, Origin::Measured);
        assert_eq!(
            report(&trace).makespan_ns,
            run["makespan_ns"].as_u64().expect("ns")
        );
    }
    assert_eq!(
        server
            .page("GET", &format!("/api/v1/jobs/{id}/trace/3"), "")
            .status,
        404
    );
    // Whoever comes late is told the end.
    assert_eq!(server.events(id).last_event().0, "done");
    server.has_children(|count| count == 0);
}

#[test]
fn the_list_has_this_machine_s_python_and_rust() {
    let server = Server::start();
    let list = server.page("GET", "/api/v1/interpreters", "").json();
    let list = list["interpreters"].as_array().expect("a list");
    let ids: Vec<&str> = list.iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids.len(), 3, "{ids:?}");
    assert_eq!(ids[1..], ["rust", "rust-gil"]);
    let python = &list[0];
    assert_eq!(
        (&python["kind"], &python["default"]),
        (&json!("cpython"), &json!(true))
    );
    for key in ["free_threaded", "gil"] {
        assert!(python[key].is_boolean(), "{python}");
    }
    assert!(ids[0].starts_with(python["version"].as_str().expect("a version")));
}

#[test]
fn calibrating_gives_a_profile() {
    let server = Server::start();
    let list = server.page("GET", "/api/v1/interpreters", "").json();
    let python = &list["interpreters"][0];
    let id = server.job(
        "calibrate",
        &json!({ "interpreter": python["id"], "quick": true }),
    );
    let (name, document) = server.events(id).last_event();
    assert_eq!(name, "done", "{document}");
    let profile = parse_profile(document["profile"].as_str().expect("a text"));
    assert_eq!(
        profile.expect("a profile").python,
        python["name"].as_str().expect("a name")
    );
}

#[test]
fn cancelling_ends_every_child() {
    let server = Server::start();
    let (id, events) = begin(&server);
    let path = format!("/api/v1/jobs/{id}");
    assert_eq!(server.page("DELETE", &path, "").status, 204);
    let (name, data) = events.last_event();
    assert_eq!(
        (name.as_str(), &data["why"]),
        ("cancelled", &json!("it was asked for"))
    );
    server.has_children(|count| count == 0);
    assert_eq!(server.page("DELETE", &path, "").status, 204, "it is over");
    let left = std::fs::read_dir(server.temp()).expect("readable").count();
    assert_eq!(left, 0);
}

#[test]
fn a_closed_tab_cancels_its_run_and_the_next_one_begins() {
    let server = Server::start();
    let (id, events) = begin(&server);
    let next = server.job(
        "measure",
        &json!({ "scenario": SMALL, "plans": ["sync"], "repeat": 1 }),
    );
    let waiting = server.events(next);
    drop(events);
    let (name, _) = waiting.last_event();
    assert_eq!(name, "done");
    let (name, data) = server.events(id).last_event();
    assert_eq!(
        (name.as_str(), &data["why"]),
        ("cancelled", &json!("its page was closed"))
    );
    server.has_children(|count| count == 0);
}

#[test]
fn what_nobody_listens_to_is_cancelled() {
    let server = Server::start();
    server.job("measure", &long());
    server.has_children(|count| count >= 3);
    server.has_children(|count| count == 0);
}

#[test]
fn ctrl_c_leaves_no_child() {
    for signal in ["-INT", "-TERM"] {
        let mut server = Server::start();
        let (_, _events) = begin(&server);
        let status = server.end(signal);
        assert_eq!(status.code(), Some(130), "{signal}");
        server.has_children(|count| count == 0);
        let left = std::fs::read_dir(server.temp()).expect("readable").count();
        assert_eq!(left, 0, "{signal}");
    }
}

#[test]
fn not_even_being_killed_leaves_one() {
    let mut server = Server::start();
    let (_, _events) = begin(&server);
    let status = server.end("-KILL");
    assert_eq!(status.signal(), Some(9));
    server.has_children(|count| count == 0);
}

#[test]
fn a_run_that_takes_too_long_is_ended() {
    let server = Server::start();
    let mut order = long();
    order["timeout_s"] = json!(2);
    let (name, data) = server.events(server.job("measure", &order)).last_event();
    assert_eq!(name, "failed", "{data}");
    assert!(
        data["error"].as_str().expect("a reason").contains("2 s"),
        "{data}"
    );
    server.has_children(|count| count == 0);
}

#[test]
fn nothing_in_a_scenario_becomes_code() {
    let server = Server::start();
    let sprung = server.place().join("sprung");
    let name = format!(
        "'''; __import__('os').system('touch {}') #",
        sprung.display()
    );
    let scenario = format!(
        "trilane = 1\ntitle = \"{name}\"\n[tasks.\"{name}\"]\ncount = 2\nsteps = [ {{ cpu = \"1ms\" }} ]\n"
    );
    let order = json!({ "scenario": scenario, "plans": ["sync", "processes(1)"], "repeat": 1 });
    let answer = server.page("POST", "/api/v1/measure", &order.to_string());
    // Whether the name is refused or taken for a name, it is never run.
    if answer.status == 202 {
        let id = answer.json()["id"].as_u64().expect("a number");
        server.events(id).last_event();
    }
    assert!(!sprung.exists());
}
