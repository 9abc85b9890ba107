//! What tells two configurations apart, for searches that come to the same one on different ways.

use super::*;
use std::hash::{Hash, Hasher};

/// The bytes of a memory that are looked at together.
const CHUNK: usize = 64;

impl Store {
    /// Hands to a hasher all that the steps of threads can change. Two stores that grew out of one by such steps are the
    /// same if and only if the same is handed over; addresses count, so that the same objects made in another order are
    /// others.
    pub fn hash_state<H: Hasher>(&self, h: &mut H) {
        for global in &self.globals {
            global.value.hash(h);
        }
        for mem in &self.mems {
            mem.bytes.len().hash(h);
            // Most of a memory is zero, and goes without saying.
            for (i, chunk) in mem.bytes.chunks(CHUNK).enumerate() {
                if chunk.iter().any(|&byte| byte != 0) {
                    i.hash(h);
                    h.write(chunk);
                }
            }
            usize::MAX.hash(h);
        }
        for table in &self.tables {
            table.refs.hash(h);
        }
        for data in &self.datas {
            data.bytes.len().hash(h);
        }
        for elem in &self.elems {
            elem.refs.len().hash(h);
        }
        self.structs.hash_state(h);
        self.arrays.hash_state(h);
        self.exns.len().hash(h);
        for exn in &self.exns {
            exn.tag.hash(h);
            exn.fields.hash(h);
        }
        self.waiters.hash(h);
    }
}

impl Thread {
    /// Hands to a hasher what the thread does next depends on, besides the store.
    pub fn hash_state<H: Hasher>(&self, h: &mut H) {
        self.id().hash(h);
        self.zipper().hash(h);
    }
}
