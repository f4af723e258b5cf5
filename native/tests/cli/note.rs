//! `note` from outside: a block becomes what stands in its place, also where it is broken.

use crate::common::{run, run_with, text};

const BLOCK: &str = "v = 1\nid = \"sums\"\nwidget = \"race\"\nexample = \"cpu-bound\"\n\
    plans = [\"sync\", \"threads(8)\"]\ncaption = \"Eight sums\"\n";

#[test]
fn a_block_becomes_its_element_or_its_picture_alone() {
    let of = |args: &[&str]| run_with(args, BLOCK.as_bytes());
    let html = text(of(&["note", "--lang", "de"]), &["note"]);
    assert!(
        html.starts_with("<trilane-race v=\"1\" id=\"sums\" lang=\"de\""),
        "{html}"
    );
    assert!(
        html.contains("<svg ") && html.ends_with("</trilane-race>\n"),
        "{html}"
    );
    let svg = text(of(&["note", "-", "--svg"]), &["note"]);
    assert!(html.contains(svg.lines().next().expect("a line")), "{svg}");
    let png = of(&["note", "--png"]);
    assert!(png.status.success() && png.stdout.starts_with(b"\x89PNG\r\n"));
    let chart = "v = 1\nid = \"chart\"\nwidget = \"choose\"\ncaption = \"Which\"\n";
    for picture in ["--svg", "--png"] {
        let args = ["note", picture];
        assert_eq!(text(run_with(&args, chart.as_bytes()), &args), "");
    }
}

#[test]
fn what_is_wrong_is_told_in_its_place_and_on_the_terminal() {
    let broken = BLOCK.replace("\"race\"", "\"racer\"");
    let args = ["note", "--name", "notes.qmd", "--line", "40"];
    let output = run_with(&args, broken.as_bytes());
    assert_eq!(output.status.code(), Some(2));
    let (told, place) = (
        String::from_utf8_lossy(&output.stderr),
        String::from_utf8_lossy(&output.stdout),
    );
    for said in [&told, &place] {
        assert!(
            said.contains("notes.qmd:42:10: unknown widget `racer`"),
            "{said}"
        );
    }
    assert!(
        place.starts_with("<pre class=\"trilane-problem\" role=\"alert\">"),
        "{place}"
    );
    // A picture has no words.
    let output = run_with(&["note", "--svg"], broken.as_bytes());
    assert_eq!(
        (output.status.code(), output.stdout.as_slice()),
        (Some(2), &b""[..])
    );
    let untrue = format!("{BLOCK}expect = [\"sync <= 1ms\"]\n");
    let output = run_with(&["note"], untrue.as_bytes());
    assert!(String::from_utf8_lossy(&output.stderr).contains("<stdin>:7:"));
}

#[test]
fn what_is_no_block_is_refused() {
    let refused = |output: std::process::Output, expect: &str| {
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(expect), "{told}");
    };
    refused(run_with(&["note"], b"\xff"), "is not UTF-8 from byte 0 on");
    refused(run_with(&["note"], &vec![b'#'; 2 << 20]), "is longer than");
    refused(run_with(&["note"], b""), "error: ");
    refused(run(&["note", "no/such/block"]), "cannot read");
    refused(run(&["note", "--svg", "--png"]), "cannot be used with");
    refused(run(&["note", "--line", "0"]), "0 is not in 1..");
}
