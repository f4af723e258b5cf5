//! docs/truth.svg: predicted against measured run time, both logarithmic.

use std::fmt::Write;

use super::Case;

const SIZE: f64 = 560.0;
const MARGIN: f64 = 56.0;

/// The picture.
pub(super) fn svg(cases: &[Case]) -> String {
    let ends = cases
        .iter()
        .flat_map(|case| [case.row.predicted_ns, case.row.measured_ns])
        .map(|ns| (ns.max(1) as f64).log10());
    let low = ends.clone().fold(f64::INFINITY, f64::min).floor();
    let high = ends.fold(f64::NEG_INFINITY, f64::max).ceil();
    let at = |log: f64| (log - low) / (high - low).max(1.0) * (SIZE - 2.0 * MARGIN);
    let x = |log: f64| MARGIN + at(log);
    let y = |log: f64| SIZE - MARGIN - at(log);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIZE} {SIZE}\" width=\"{SIZE}\" height=\"{SIZE}\" \
         role=\"img\" aria-label=\"Predicted against measured run time of {} runs; the band is 10 percent\">\n\
         <style>\n\
         svg {{ color: #1c2330; background: #ffffff; font: 12px system-ui, sans-serif; }}\n\
         .grid {{ stroke: #d8dde6; }} .band {{ fill: #dfeee2; }} .same {{ stroke: #4c8f5d; }}\n\
         .tune {{ fill: #2f6fb7; }} .held {{ fill: #c4622d; }} text {{ fill: currentColor; }}\n\
         @media (prefers-color-scheme: dark) {{ svg {{ color: #e4e8ef; background: #12161d; }}\n\
         .grid {{ stroke: #2b3340; }} .band {{ fill: #1d3325; }} .tune {{ fill: #6fa8e8; }} .held {{ fill: #f0945f; }} }}\n\
         </style>\n<rect width=\"{SIZE}\" height=\"{SIZE}\" fill=\"none\"/>\n",
        cases.len()
    );
    let band = 1.1f64.log10();
    let corners = [
        (low, low + band),
        (high, high + band),
        (high, high - band),
        (low, low - band),
    ];
    let points: Vec<String> = corners
        .iter()
        .map(|&(measured, predicted)| {
            let (px, py) = (x(measured), y(predicted.clamp(low, high)));
            format!("{px:.1},{py:.1}")
        })
        .collect();
    let _ = writeln!(
        text,
        "<polygon class=\"band\" points=\"{}\"/>",
        points.join(" ")
    );
    let mut decade = low;
    while decade <= high {
        let (px, py) = (x(decade), y(decade));
        let (first, last) = (MARGIN, SIZE - MARGIN);
        let label = label(decade);
        let _ = writeln!(
            text,
            "<path class=\"grid\" fill=\"none\" d=\"M{px:.1} {first}V{last}M{first} {py:.1}H{last}\"/>\n\
             <text x=\"{px:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            last + 16.0,
            first - 6.0,
            py + 4.0
        );
        decade += 1.0;
    }
    let _ = writeln!(
        text,
        "<path class=\"same\" fill=\"none\" d=\"M{:.1} {:.1}L{:.1} {:.1}\"/>",
        x(low),
        y(low),
        x(high),
        y(high)
    );
    for case in cases {
        let log = |ns: u64| (ns.max(1) as f64).log10();
        let class = if case.held_out { "held" } else { "tune" };
        let _ = writeln!(
            text,
            "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"2.4\" fill-opacity=\"0.7\"/>",
            x(log(case.row.measured_ns)),
            y(log(case.row.predicted_ns))
        );
    }
    let _ = writeln!(
        text,
        "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\">measured</text>\n\
         <text transform=\"translate(14 {:.0}) rotate(-90)\" text-anchor=\"middle\">predicted</text>\n\
         <circle class=\"tune\" cx=\"{MARGIN}\" cy=\"24\" r=\"4\"/><text x=\"{:.0}\" y=\"28\">to tune on</text>\n\
         <circle class=\"held\" cx=\"{:.0}\" cy=\"24\" r=\"4\"/><text x=\"{:.0}\" y=\"28\">held out</text>\n\
         <rect class=\"band\" x=\"{:.0}\" y=\"18\" width=\"14\" height=\"12\"/><text x=\"{:.0}\" y=\"28\">within 10 %</text>\n</svg>",
        SIZE / 2.0,
        SIZE - 16.0,
        SIZE / 2.0,
        MARGIN + 10.0,
        MARGIN + 100.0,
        MARGIN + 110.0,
        MARGIN + 190.0,
        MARGIN + 210.0
    );
    text
}

fn label(decade: f64) -> &'static str {
    match decade as i64 {
        6 => "1 ms",
        7 => "10 ms",
        8 => "100 ms",
        9 => "1 s",
        10 => "10 s",
        5 => "100 µs",
        _ => "",
    }
}
