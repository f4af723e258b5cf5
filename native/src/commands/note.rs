//! `note`: a block of notes as the element that plays it, for whatever builds notes (docs/EMBED.md).

use anyhow::Result;
use trilane_core::race::RaceError;
use trilane_core::scenario::{MAX_TEXT, Problem};

use crate::cli::Note;
use crate::failure::{bad_input, bad_text};
use crate::{input, output, png};

/// Pixels of a picture for each of its own: it is printed.
const PNG_SCALE: f32 = 2.0;

/// Runs the command.
pub(crate) fn note(args: &Note) -> Result<()> {
    let (given, bytes) = input::text(&args.block)?;
    let name = args.name.as_deref().unwrap_or(&given);
    if bytes.len() > MAX_TEXT {
        return Err(bad_input(format!(
            "the block in {name} is longer than {MAX_TEXT} bytes: it is what stands between two fences"
        )));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        bad_input(format!(
            "the block in {name} is not UTF-8 from byte {at} on"
        ))
    })?;
    let block = match trilane_note::lone(&text) {
        Ok(block) => block,
        Err(problems) => return broken(problems, name, args),
    };
    let wrong = |error: RaceError| bad_input(format!("`{}` in {name}: {error}", block.id));
    if !args.svg && !args.png {
        let html = trilane_note::element(&block, &args.lang).map_err(wrong)?;
        return output::print(&(html + "\n"));
    }
    let picture = trilane_note::still(&block, &format!("still-{}", block.id)).map_err(wrong)?;
    match picture {
        None => Ok(()),
        Some(svg) if args.png => output::print_bytes(&png::render(&svg, PNG_SCALE)?),
        Some(svg) => output::print(&svg),
    }
}

/// Whatever builds the notes puts what is printed where the block stood: so the problem is told there, too.
fn broken(mut problems: Vec<Problem>, name: &str, args: &Note) -> Result<()> {
    for problem in &mut problems {
        problem.line = problem.line.saturating_add(args.line - 1);
    }
    if !args.svg && !args.png {
        output::print(&(trilane_note::problems(name, &problems) + "\n"))?;
    }
    let count = match problems.len() {
        1 => "1 problem".to_owned(),
        n => format!("{n} problems"),
    };
    let details = problems.iter().map(|problem| problem.render(name));
    Err(bad_text(
        format!("{count} in the block in {name}"),
        details.collect(),
    ))
}
