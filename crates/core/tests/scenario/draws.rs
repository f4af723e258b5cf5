//! What is drawn: the same numbers for ever, from the distributions that were asked for.

use trilane_core::rng::Rng;
use trilane_core::scenario::{Draw, Format, LONGEST, Scenario, parse};
use trilane_core::units::Dur;
use trilane_core::workload::{Workload, draw, sample};

fn scenario(tasks: &str) -> Scenario {
    let text = format!("trilane = 1\ntitle = \"x\"\n{tasks}");
    parse(&text, Format::Toml).unwrap_or_else(|problems| panic!("{}", problems[0].render("-")))
}

#[test]
fn the_generator_gives_the_published_numbers() {
    // splitmix64 with seed 0, as in Vigna's reference, seeds xoshiro256++; its first outputs are
    // then fixed for ever.
    let mut rng = Rng::new(0);
    let first: Vec<u64> = (0..4).map(|_| rng.next_u64()).collect();
    assert_eq!(
        first,
        [
            0x53175d61490b23df,
            0x61da6f3dc380d507,
            0x5c0fdf91ec9a7bfc,
            0x02eebf8c3bbe5e1a
        ]
    );
}

#[test]
fn numbers_between_zero_and_one_never_reach_either() {
    let mut rng = Rng::new(1);
    assert!((0..100_000).map(|_| rng.unit()).all(|u| u > 0.0 && u < 1.0));
    assert!((0..100_000).map(|_| rng.below(7)).all(|n| n < 7));
    assert_eq!(rng.below(0), 0);
}

/// One number of every distribution, for a platform that rounds differently to show.
#[test]
fn draws_are_the_same_for_ever() {
    let scenario = scenario(
        r#"
[tasks.page]
count = 3
arrive = "poisson(50/s)"
steps = [
  { io = "uniform(1ms, 9ms)" }, { io = "exp(5ms)" }, { io = "lognormal(80ms, 0.4)" },
  { cpu = "normal(10ms, 2ms)" }, { native = "pareto(20ms, 1.5)" }, { cpu = "5ms" },
]
"#,
    );
    let Workload { draws, kinds, .. } = draw(&scenario, 7);
    insta::assert_debug_snapshot!("draws", (draws, &kinds[0].arrivals));
}

/// Draws many and compares a few of their quantiles with the distribution's, within `1 in 50`.
fn check(expr: &str, quantiles: &[(f64, f64)]) {
    let drawn: Draw = expr.parse().expect("a draw");
    let mut rng = Rng::stream(3, expr, 0);
    let mut sample: Vec<f64> = (0..40_000)
        .map(|_| sample(&drawn, &mut rng).as_nanos() as f64 / 1e6)
        .collect();
    sample.sort_by(f64::total_cmp);
    for (p, expect) in quantiles {
        let found = sample[(p * sample.len() as f64) as usize];
        let error = (found - expect).abs();
        assert!(
            error <= 0.02 * expect.max(1.0),
            "{expr} at {p}: {found} ms, not {expect} ms"
        );
    }
}

#[test]
fn distributions_have_the_quantiles_they_should() {
    check("4ms", &[(0.0, 4.0), (0.999, 4.0)]);
    check(
        "uniform(10ms, 20ms)",
        &[(0.0, 10.0), (0.5, 15.0), (0.9, 19.0), (0.9999, 20.0)],
    );
    // -mean * ln(1 - p)
    check(
        "exp(10ms)",
        &[
            (0.1, 1.0536),
            (0.5, 6.9315),
            (0.9, 23.0259),
            (0.99, 46.0517),
        ],
    );
    // median * e^(sigma * z)
    check(
        "lognormal(80ms, 0.4)",
        &[(0.1, 47.9136), (0.5, 80.0), (0.9, 133.5737)],
    );
    check("lognormal(80ms, 0)", &[(0.0, 80.0), (0.999, 80.0)]);
    check(
        "normal(10ms, 2ms)",
        &[(0.1, 7.4369), (0.5, 10.0), (0.9, 12.5631), (0.99, 14.6527)],
    );
    // A third of this one is cut at zero.
    check(
        "normal(2ms, 4ms)",
        &[(0.0, 0.0), (0.25, 0.0), (0.5, 2.0), (0.9, 7.1262)],
    );
    // min * (1 - p)^(-1 / alpha)
    check(
        "pareto(20ms, 1.5)",
        &[(0.0, 20.0), (0.5, 31.748), (0.9, 92.832)],
    );
}

#[test]
fn a_heavy_tail_is_cut_at_the_longest_duration() {
    let mut rng = Rng::new(0);
    for drawn in [
        Draw::Pareto(Dur::from_millis(1), 0.01),
        Draw::LogNormal(LONGEST, 10.0),
        Draw::Pareto(Dur::ZERO, 0.01),
        Draw::Exp(Dur::ZERO),
        Draw::Normal(LONGEST, LONGEST),
    ] {
        assert!(
            (0..1000).all(|_| sample(&drawn, &mut rng) <= LONGEST),
            "{drawn}"
        );
    }
}

#[test]
fn poisson_arrivals_ascend_at_their_rate() {
    let scenario = scenario("[tasks.a]\ncount = 20000\narrive = \"poisson(50/s)\"\nsteps = []\n");
    let workload = draw(&scenario, 0);
    let arrivals = &workload.kinds[0].arrivals;
    assert_eq!(arrivals.len(), 20_000);
    assert!(arrivals.is_sorted());
    let last = arrivals[19_999].as_secs_f64();
    assert!(
        (last - 400.0).abs() < 8.0,
        "{last} s for 20000 at 50 a second"
    );
}

#[test]
fn regular_arrivals_begin_at_the_release() {
    let scenario = scenario("[tasks.a]\ncount = 3\narrive = \"every(20ms)\"\nsteps = []\n");
    let expect: Vec<Dur> = [0, 20, 40].map(Dur::from_millis).into();
    assert_eq!(draw(&scenario, 0).kinds[0].arrivals, expect);
}

#[test]
fn a_task_draws_the_same_whatever_stands_beside_it() {
    let page = "count = 4\nsteps = [ { io = \"exp(5ms)\" }, { cpu = \"exp(1ms)\" } ]\n";
    let alone = draw(&scenario(&format!("[tasks.page]\n{page}")), 9);
    let beside = draw(
        &scenario(&format!(
            "[tasks.other]\ncount = 2\narrive = \"poisson(5/s)\"\n\
             steps = [ {{ io = \"exp(5ms)\" }} ]\n[tasks.page]\n{page}"
        )),
        9,
    );
    let more = draw(
        &scenario(&format!("[tasks.page]\n{}", page.replace("= 4", "= 5"))),
        9,
    );
    let first = beside.kinds[1].first_draw as usize;
    assert_eq!(beside.draws[first..], alone.draws);
    assert_eq!(more.draws[..8], alone.draws);
    assert_ne!(
        draw(&scenario(&format!("[tasks.page]\n{page}")), 10).draws,
        alone.draws
    );
    assert_ne!(
        beside.draws[..2],
        alone.draws[..2],
        "two kinds share a stream"
    );
}
