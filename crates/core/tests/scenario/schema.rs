//! The JSON Schema says what the reader does.

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};
use trilane_core::scenario::{Format, parse, schema};

use super::generate;

fn validator() -> Validator {
    jsonschema::validator_for(&schema()).expect("the schema is a schema")
}

#[test]
fn every_example_is_valid() {
    let validator = validator();
    for example in trilane_core::examples::all() {
        let document: Value = toml::from_str(example.text()).expect(example.name);
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{}: {errors:?}", example.name);
    }
}

/// A scenario that is right, with the value at a pointer replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut document = json!({
        "trilane": 1,
        "title": "x",
        "seed": 0,
        "tasks": { "page": {
            "count": 1,
            "arrive": "every(20ms)",
            "input": "64kB",
            "steps": [ { "io": "5ms", "on": "loop" }, { "lock": "db", "steps": [] } ]
        } },
        "resources": { "db": { "permits": 1 } }
    });
    if !pointer.is_empty() {
        *document
            .pointer_mut(pointer)
            .expect("the pointer leads to a value") = value;
    }
    document
}

#[test]
fn what_the_reader_refuses_the_schema_refuses() {
    let validator = validator();
    let check = |pointer, value: Value, expect: bool| {
        let document = with(pointer, value);
        let read = parse(&document.to_string(), Format::Json).is_ok();
        assert_eq!(
            (validator.is_valid(&document), read),
            (expect, expect),
            "{document}"
        );
    };
    check("", json!(null), true);
    let io = "/tasks/page/steps/0";
    for value in [
        "0ms",
        "1.5s",
        " 5 ms ",
        "2min",
        "20µs",
        "20μs",
        "exp(5ms)",
        "pareto(20ms, 1.5)",
    ] {
        check(io, json!({ "io": value }), true);
    }
    for value in [
        "5",
        "5 sec",
        "-5ms",
        "1h",
        "NaNms",
        "",
        "exp(5)",
        "exp(1ms, 2ms)",
        "gamma(1ms)",
    ] {
        check(io, json!({ "io": value }), false);
    }
    for value in [
        json!({}),
        json!({ "io": 5 }),
        json!({ "io": "5ms", "cpu": "5ms" }),
        json!({ "io": "5ms", "on": "thread" }),
        json!({ "io": "5ms", "blocking": 1 }),
        json!({ "cpu": "5ms", "blocking": true }),
        json!({ "put": "db", "on": "loop" }),
        json!({ "lock": "db" }),
        json!({ "repeat": -1, "steps": [] }),
        json!({ "repeat": 1.5, "steps": [] }),
        json!({ "gather": [] }),
        json!({ "gather": [ { "io": "5ms" } ] }),
        json!([ { "io": "5ms" } ]),
        json!(null),
    ] {
        check(io, value, false);
    }
    check(io, json!({ "gather": [ [] ] }), true);
    check(io, json!({ "repeat": 0, "steps": [] }), true);
    check(io, json!({ "timeout": "exp(5ms)", "steps": [] }), true);
    for (pointer, right, wrong) in [
        (
            "/trilane",
            json!(1),
            vec![json!(0), json!(2), json!("1"), json!(null)],
        ),
        (
            "/title",
            json!("y"),
            vec![json!(""), json!(" "), json!("a\nb"), json!(5)],
        ),
        (
            "/seed",
            json!(i64::MAX),
            vec![json!(-1), json!(u64::MAX), json!(0.5), json!(null)],
        ),
        (
            "/tasks",
            with("/tasks/page/count", json!(2))["tasks"].clone(),
            vec![json!({}), json!([])],
        ),
        (
            "/tasks/page/count",
            json!(10),
            vec![json!(0), json!(10_000_001), json!("1")],
        ),
        (
            "/tasks/page/arrive",
            json!("at once"),
            vec![json!("poisson(50)"), json!("now")],
        ),
        (
            "/tasks/page/input",
            json!("4KiB"),
            vec![json!("64"), json!("64KB"), json!("-1B"), json!(4)],
        ),
        (
            "/tasks/page/steps",
            json!([{ "cpu": "1ms" }]),
            vec![json!({}), json!(["5ms"]), json!(null)],
        ),
        (
            "/resources/db",
            json!({ "permits": 2 }),
            vec![
                json!({}),
                json!({ "permits": 0 }),
                json!({ "permits": 1, "capacity": 1 }),
                json!(1),
            ],
        ),
    ] {
        check(pointer, right, true);
        for value in wrong {
            check(pointer, value, false);
        }
    }
}

#[test]
fn every_key_and_table_is_described() {
    fn walk(value: &Value, at: &str) {
        let Value::Object(map) = value else { return };
        if let Some(Value::Object(properties)) = map.get("properties") {
            assert!(map.contains_key("description"), "{at} has no description");
            assert_eq!(map.get("additionalProperties"), Some(&json!(false)), "{at}");
            for (key, property) in properties {
                assert!(
                    property.get("description").is_some(),
                    "{at}.{key} has no description"
                );
            }
        }
        map.iter()
            .for_each(|(key, value)| walk(value, &format!("{at}.{key}")));
    }
    walk(&schema(), "");
    let Value::Object(definitions) = &schema()["$defs"] else {
        panic!("no definitions")
    };
    let names: Vec<_> = definitions.keys().map(String::as_str).collect();
    assert!(
        names.iter().all(|name| !name.starts_with("Raw")),
        "{names:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_scenario_is_valid(scenario in generate::scenario()) {
        prop_assert!(validator().is_valid(&generate::document(&scenario)));
    }
}
