//! The plan grammar.

use trilane_core::plan::{Plan, PlanError, default_plans, parse_plan};
use trilane_core::profile::embedded;

/// What a plan is on four cores under a Python, as text; or what its author is told.
fn resolved(text: &str, python: &str) -> String {
    let costs = embedded(python).expect("an embedded profile").costs();
    match parse_plan(text).and_then(|spec| spec.resolve(4, &costs)) {
        Ok(plan) => plan.to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn gaps_are_filled_as_python_would() {
    let check = |text, python, expect: &str| assert_eq!(resolved(text, python), expect, "{text}");
    check("sync", "3.13", "sync");
    check("threads", "3.13", "threads(8)");
    check("threads(20)", "3.13", "threads(20)");
    check("threads(each)", "3.13", "threads(each)");
    check("processes", "3.13", "processes(4, start=fork)");
    check("processes", "3.14", "processes(4, start=forkserver)");
    check(
        "processes(2, start=spawn, chunk=8)",
        "3.14",
        "processes(2, start=spawn, chunk=8)",
    );
    check(
        "processes(chunk=8)",
        "3.13",
        "processes(4, start=fork, chunk=8)",
    );
    check("interpreters", "3.14", "interpreters(8)");
    check("asyncio", "3.13", "asyncio");
    check("asyncio(limit=100)", "3.13", "asyncio(limit=100)");
    check("asyncio+threads", "3.13", "asyncio+threads(8)");
    check(
        "asyncio+processes",
        "3.13",
        "asyncio+processes(4, start=fork)",
    );
    check(
        "asyncio+threads(2)+processes(3)",
        "3.14",
        "asyncio+threads(2)+processes(3, start=forkserver)",
    );
}

#[test]
fn a_big_machine_has_32_threads_at_most() {
    let costs = embedded("3.13").expect("an embedded profile").costs();
    let plan = |cpus| parse_plan("threads").and_then(|spec| spec.resolve(cpus, &costs));
    assert_eq!(plan(1), Ok(Plan::Threads { workers: 5 }));
    assert_eq!(plan(28), Ok(Plan::Threads { workers: 32 }));
    assert_eq!(plan(u32::MAX), Ok(Plan::Threads { workers: 32 }));
}

#[test]
fn a_plan_prints_as_it_is_written() {
    let check = |text: &str, expect: &str| {
        let spec = parse_plan(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(spec.to_string(), expect);
        assert_eq!(parse_plan(expect), Ok(spec), "{expect}");
    };
    check("threads", "threads");
    check(" threads ( 8 ) @ 3.14t ", "threads(8)@3.14t");
    check("threads()", "threads");
    check("threads( each )", "threads(each)");
    check(
        "processes( 4 ,start = spawn,chunk=8 )",
        "processes(4, start=spawn, chunk=8)",
    );
    check(
        "processes(chunk=8, start=fork)",
        "processes(start=fork, chunk=8)",
    );
    check(
        "asyncio + processes(2) + threads(8)",
        "asyncio+threads(8)+processes(2)",
    );
    check(
        "asyncio(limit=5)+threads@3.12",
        "asyncio(limit=5)+threads@3.12",
    );
    check("sync@/usr/bin/python3", "sync@/usr/bin/python3");
    check("threads(00008)", "threads(8)");
}

#[test]
fn the_default_plans_are_those_of_the_reference() {
    let written: Vec<String> = default_plans().iter().map(ToString::to_string).collect();
    assert_eq!(
        written,
        [
            "sync",
            "threads",
            "processes",
            "asyncio",
            "asyncio+threads",
            "asyncio+threads+processes",
            "threads@3.14t"
        ]
    );
    for spec in default_plans() {
        assert_eq!(parse_plan(&spec.to_string()), Ok(spec));
    }
}

#[test]
fn what_is_no_plan_is_told_why() {
    let texts = [
        "",
        " ",
        "@3.14",
        "threads@",
        "thread(8)",
        "Threads(8)",
        "async",
        "gevent",
        "sync(1)",
        "threads(0)",
        "threads(-1)",
        "threads(1.5)",
        "threads(100001)",
        "threads(eight)",
        "threads(8, 9)",
        "threads(max_workers=8)",
        "threads(8",
        "threads 8",
        "threads)8(",
        "threads(8)9",
        "processes(99999999999)",
        "processes(4, spawn)",
        "processes(4, start=spwan)",
        "processes(4, start=thread)",
        "processes(4, chunks=2)",
        "processes(start=fork, start=fork)",
        "processes(4, 5)",
        "processes(chunk=0)",
        "interpreters(each)",
        "asyncio(100)",
        "asyncio(limit=0)",
        "asyncio(limit)",
        "asyncio(limit=1, limit=2)",
        "asyncio+",
        "asyncio+sync",
        "asyncio+asyncio",
        "asyncio+threads(each)",
        "asyncio+threads+threads",
        "asyncio+processes(4, chunk=2)",
        "threads+asyncio",
        "threads+processes",
        "a\u{1b}[2Jb",
    ];
    let told: Vec<String> = texts
        .iter()
        .map(|text| match parse_plan(text) {
            Ok(spec) => panic!("{text:?} is {spec}"),
            Err(error) => format!("{text:?}: {error}"),
        })
        .collect();
    insta::assert_snapshot!("plans", told.join("\n"));
}

#[test]
fn interpreters_need_314() {
    assert_eq!(
        resolved("interpreters(3)", "3.13"),
        "`interpreters(3)` needs InterpreterPoolExecutor, which Python 3.13 does not have: use 3.14 \
         or newer, as in `interpreters(3)@3.14`"
    );
    let costs = embedded("3.12").expect("an embedded profile").costs();
    let spec = parse_plan("interpreters").expect("a plan");
    assert!(matches!(
        spec.resolve(4, &costs),
        Err(PlanError::NotInThisPython { .. })
    ));
}
