//! `trilane serve` from outside: the real binary over TCP, asked as browsers ask, and as those would who
//! want in and should not get there.
#![cfg(unix)]

mod door;
mod limits;
mod runs;
mod server;
