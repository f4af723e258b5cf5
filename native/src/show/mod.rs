//! What the commands print for people.

pub(crate) mod advice;
pub(crate) mod axis;
pub(crate) mod compare;
pub(crate) mod lanes;
pub(crate) mod race;

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod goldens;

/// What runs the work, for people: `Python 3.13`, `rust`.
fn runtime(name: &str) -> String {
    match name.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("Python {name}"),
        false => name.to_owned(),
    }
}
