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
