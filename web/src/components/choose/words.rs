//! What a language says of a sort of plan, of the numbers behind an answer, and of how much.

use trilane_core::advice::Family;
use trilane_core::advice::flowchart::Reason;
use trilane_lessons::labels::{Choose, Side};
use trilane_lessons::page::Book;

use crate::components::learn::guess::duration;
use crate::learn::filled;

/// What speaks for a family, and against it.
pub(super) fn side(family: Family, words: &Choose) -> &Side {
    let sides = &words.sides;
    match family {
        Family::Sync => &sides.sync,
        Family::Threads => &sides.threads,
        Family::Asyncio => &sides.asyncio,
        Family::Processes => &sides.processes,
        Family::Interpreters => &sides.interpreters,
        Family::AsyncioThreads | Family::AsyncioProcesses | Family::AsyncioBoth => &sides.mixed,
    }
}

/// The chapter about a family.
pub(super) fn chapter(family: Family) -> (&'static str, &'static str) {
    match family {
        Family::Sync => ("choosing", "stay-synchronous"),
        Family::Threads => ("threads", ""),
        Family::Asyncio => ("asyncio", ""),
        Family::Processes => ("processes", ""),
        Family::Interpreters => ("beyond-the-gil", "interpreters"),
        Family::AsyncioThreads | Family::AsyncioProcesses | Family::AsyncioBoth => ("bridging", ""),
    }
}

/// The numbers behind an answer.
pub(super) fn reason(reason: &Reason, book: &Book) -> String {
    let words = &book.labels.choose.reasons;
    let time = |ns: f64| duration(ns as u64, book);
    match *reason {
        Reason::Computes {
            share,
            python_ns,
            native_ns,
            waits_ns,
        } => {
            let parts = [(python_ns, &words.python), (native_ns, &words.native)];
            let parts = parts.into_iter().filter(|(ns, _)| *ns > 0.0);
            let parts: Vec<String> = parts
                .map(|(ns, label)| filled(label, &[&time(ns)]))
                .collect();
            filled(
                &words.computes,
                &[&percent(share), &parts.join(", "), &time(waits_ns)],
            )
        }
        Reason::Waits {
            share,
            waits_ns,
            computes_ns,
        } => filled(
            &words.waits,
            &[&percent(share), &time(waits_ns), &time(computes_ns)],
        ),
        Reason::Nothing => words.nothing.clone(),
        Reason::NoWaits => words.no_waits.clone(),
        Reason::NothingMeanwhile => words.nothing_meanwhile.clone(),
        Reason::Together(tasks) => filled(&words.together, &[&number(tasks, 1, book)]),
        Reason::AllAtOnce(tasks) => filled(&words.all_at_once, &[&tasks.to_string()]),
        Reason::NothingBlocks => words.nothing_blocks.clone(),
        Reason::SomeBlocks(share) => filled(&words.some_blocks, &[&percent(share)]),
        Reason::MostBlocks(share) => filled(&words.most_blocks, &[&percent(share)]),
    }
}

/// A share in percent, never rounded to all or nothing.
fn percent(share: f64) -> String {
    match share {
        s if s >= 100.0 => "100 %".to_owned(),
        s if s > 99.0 => "> 99 %".to_owned(),
        s if s <= 0.0 => "0 %".to_owned(),
        s if s < 1.0 => "< 1 %".to_owned(),
        s => format!("{s:.0} %"),
    }
}

/// A number as the language writes it; with a decimal only below ten.
fn number(value: f64, digits: usize, book: &Book) -> String {
    let digits = if value < 9.95 { digits } else { 0 };
    format!("{value:.digits$}").replace('.', &book.decimal.to_string())
}

/// How many times as fast: two digits where it is close.
pub(super) fn times(ratio: f64, book: &Book) -> String {
    number(ratio, if ratio < 1.995 { 2 } else { 1 }, book)
}
