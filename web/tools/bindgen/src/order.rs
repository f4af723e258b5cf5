//! The order of a module's functions: like beside like.
//!
//! A compressor finds what it has seen before the more cheaply the nearer it stands, and of compiled functions
//! many are alike in part: one generic function for several types, one macro's code in several places. The
//! tools before this one put large functions first, which scatters them. So each function is followed by the one
//! that shares most with those before it. What it takes is some seconds; what it brings is a fortieth of what a
//! visitor fetches.

use std::collections::BTreeMap;
use std::error::Error;

use wasm_encoder::{NameMap, NameSection, Section};
use wasmparser::{Parser, Payload, TypeRef};

/// Bytes that are compared at a time: about two instructions.
const PIECE: usize = 5;
/// A piece in more functions than so many says nothing of any of them.
const MOST_SHARED: usize = 200;
/// How much the last function counts, the one before it, and so on.
const WEIGHTS: [f64; 3] = [1.0, 0.6, 0.4];
/// Added to every length, in bytes, so that the tiniest functions are not like everything.
const FRAME: f64 = 30.0;

/// Names a module's functions so that their names are in the order in which they best stand: binaryen can
/// sort by names, and renumbers all that mentions them.
pub(crate) fn named(module: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let (imported, bodies) = functions(module)?;
    let mut places = vec![0; bodies.len()];
    for (place, function) in order(&bodies).into_iter().enumerate() {
        places[function] = place;
    }
    let mut names = NameMap::new();
    for (index, place) in (imported..).zip(places) {
        names.append(index, &format!("f{place:08}"));
    }
    let mut section = NameSection::new();
    section.functions(&names);
    let mut out = module.to_vec();
    section.append_to(&mut out);
    Ok(out)
}

/// How many functions are imported, and the code of the others.
fn functions(module: &[u8]) -> Result<(u32, Vec<&[u8]>), Box<dyn Error>> {
    let (mut imported, mut bodies) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    if let TypeRef::Func(_) | TypeRef::FuncExact(_) = import?.ty {
                        imported += 1;
                    }
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            Payload::CustomSection(section) if section.name() == "name" => {
                return Err("the module has names already".into());
            }
            _ => {}
        }
    }
    Ok((imported, bodies))
}

/// The order in which each stands beside those that it is like.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let pieces: Vec<Vec<&[u8]>> = bodies.iter().map(|body| pieces(body)).collect();
    let mut sharing: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (function, pieces) in pieces.iter().enumerate() {
        for piece in pieces {
            sharing.entry(piece).or_default().push(function);
        }
    }
    sharing.retain(|_, functions| (2..=MOST_SHARED).contains(&functions.len()));
    // Of each function the lists of those that share a piece with it.
    let alike: Vec<Vec<&Vec<usize>>> = (pieces.iter())
        .map(|pieces| {
            pieces
                .iter()
                .filter_map(|piece| sharing.get(piece))
                .collect()
        })
        .collect();
    let mut order: Vec<usize> = Vec::with_capacity(bodies.len());
    let mut placed = vec![false; bodies.len()];
    let mut shared = vec![0.0; bodies.len()];
    let mut first = 0;
    while order.len() < bodies.len() {
        let mut found: Vec<usize> = Vec::new();
        for (before, weight) in order.iter().rev().zip(WEIGHTS) {
            for functions in &alike[*before] {
                let each = weight / (functions.len() as f64).sqrt();
                for &function in functions.iter().filter(|&&function| !placed[function]) {
                    if shared[function] == 0.0 {
                        found.push(function);
                    }
                    shared[function] += each;
                }
            }
        }
        let likeness =
            |&function: &usize| shared[function] / (bodies[function].len() as f64 + FRAME).sqrt();
        // Of equals the first, so that the same module is always put in the same order.
        let best = found
            .iter()
            .copied()
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)).then(b.cmp(a)));
        let next = best.unwrap_or_else(|| {
            while placed[first] {
                first += 1;
            }
            first
        });
        placed[next] = true;
        order.push(next);
        for function in found {
            shared[function] = 0.0;
        }
    }
    order
}

/// The different pieces of a function.
fn pieces(body: &[u8]) -> Vec<&[u8]> {
    let mut pieces: Vec<&[u8]> = body.windows(PIECE).collect();
    pieces.sort_unstable();
    pieces.dedup();
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_together_and_nothing_is_lost() {
        let (a, b) = (
            b"one function of a sort".as_slice(),
            b"SOMETHING ELSE ALTOGETHER".as_slice(),
        );
        let bodies = [a, b, b"two functions of a sort", b"SOMETHING ELSE, YES"];
        assert_eq!(order(&bodies), [0, 2, 1, 3]);
        assert_eq!(order(&[b"", b"x", b""]), [0, 1, 2]);
    }
}
