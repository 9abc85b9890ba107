//! Support for state-space search: hashing a configuration, and applying the effects of threads that run on another store.

use super::*;
use crate::syntax::{CompType, DefType, FieldType, StorageType};
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

impl Store {
    /// Makes a structure or an array (of some length) that another thread has made. What its fields hold says nothing but
    /// of what kind they are: whoever reads them must be told what they see.
    pub fn alloc_foreign(&mut self, ty: DefType, len: u32) -> Addr {
        match &self.types.unrolldt(ty).comp {
            CompType::Array(field) => {
                let fields = vec![blank(field); len as usize];
                self.arrays.add(ty, &fields)
            }
            CompType::Struct(fields) => {
                let fields: Vec<Slot> = fields.iter().map(blank).collect();
                self.structs.add(ty, &fields)
            }
            CompType::Func(_) => self.structs.add(ty, &[]),
        }
    }

    /// How many bytes a memory has, or how many elements a table; 0 of other locations.
    pub fn len(&self, loc: Location) -> u64 {
        match loc {
            Location::MemSize(a) => self.mems[a as usize].bytes.len() as u64,
            Location::TableSize(a) => self.tables[a as usize].refs.len() as u64,
            _ => 0,
        }
    }

    /// Makes a memory or a table as long as another thread has. What is new of it says nothing: whoever reads it must be told
    /// what they see.
    pub fn set_len(&mut self, loc: Location, len: u64) {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        match loc {
            Location::MemSize(a) => self.mems[a as usize].bytes.resize(len, 0),
            Location::TableSize(a) => self.tables[a as usize].refs.resize(len, Ref::Null),
            _ => {}
        }
    }

    /// A thread waits no more: another one has woken it.
    pub fn wake(&mut self, thread: ThreadId) {
        self.waiters.retain(|waiter| waiter.thread != thread);
    }
}

/// Something that a field of this type can hold, if null is taken for a reference.
fn blank(field: &FieldType) -> Slot {
    match field.storage {
        StorageType::Pack(pt) => Slot::pack(pt, 0),
        StorageType::Val(t) => default(t).unwrap_or(Value::Ref(Ref::Null)).into(),
    }
}

impl Thread {
    /// Hands to a hasher what the thread does next depends on, besides the store.
    pub fn hash_state<H: Hasher>(&self, h: &mut H) {
        self.id().hash(h);
        self.zipper().hash(h);
    }
}
