//! The shapes, with their outcomes from the literature.

/// What a thread does to one of the locations 0, 1 and 2 (`x`, `y`, `z`), all of which are 0 at first.
#[derive(Clone, Copy)]
pub(crate) enum Access {
    R(u32),
    W(u32, u32),
}

/// How all accesses of a test are ordered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    /// Plain accesses.
    Plain,
    /// Plain accesses, with a fence between any two of a thread.
    Fences,
    /// Acquire reads and release writes.
    AcqRel,
    /// Sequentially consistent accesses.
    SeqCst,
    /// Sequentially consistent exchanges for writes, additions of 0 for reads.
    Rmws,
    /// The same, acquire and release.
    RmwsAcqRel,
}

impl Strength {
    pub(crate) const ALL: [Strength; 6] =
        [Strength::Plain, Strength::Fences, Strength::AcqRel, Strength::SeqCst, Strength::Rmws, Strength::RmwsAcqRel];

    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Strength::Plain => "",
            Strength::Fences => "+fences",
            Strength::AcqRel => "+acqrel",
            Strength::SeqCst => "+seqcst",
            Strength::Rmws => "+rmws",
            Strength::RmwsAcqRel => "+rmws-acqrel",
        }
    }

    pub(crate) fn what(self) -> &'static str {
        match self {
            Strength::Plain => "plain accesses",
            Strength::Fences => "plain accesses and fences",
            Strength::AcqRel => "acquire and release",
            Strength::SeqCst => "sequentially consistent",
            Strength::Rmws => "read-modify-writes, sequentially consistent",
            Strength::RmwsAcqRel => "read-modify-writes, acquire and release",
        }
    }
}

/// A shape of a litmus test.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) threads: &'static [&'static [Access]],
    /// The locations whose last values are observed after all threads.
    pub(crate) finals: &'static [u32],
    /// All outcomes that some ordering allows: what is read, thread by thread, with a comma between threads, and then the last
    /// values.
    pub(crate) outcomes: &'static [&'static str],
    /// Those of them that no sequentially consistent execution has.
    pub(crate) weak: &'static [&'static str],
    /// Whether acquire and release forbid the weak ones.
    pub(crate) acqrel_forbids: bool,
    /// Whether fences between plain accesses forbid them. They order what their own threads did before: a thread that sees
    /// a plain write of another one has not ordered that write before its own fence, and to see it is no promise to see it
    /// again.
    pub(crate) fences_forbid: bool,
}

impl Shape {
    pub(crate) fn reads(&self) -> usize {
        self.threads.iter().flat_map(|thread| thread.iter()).filter(|access| matches!(access, Access::R(_))).count()
    }

    /// Whether the weak outcomes are allowed.
    pub(crate) fn allows_weak(&self, strength: Strength) -> bool {
        match strength {
            Strength::Plain => true,
            Strength::Fences => !self.fences_forbid,
            Strength::AcqRel => !self.acqrel_forbids,
            // Read-modify-writes of a location are in a total order in which each reads what the one before it has
            // written, and synchronizes with it.
            Strength::SeqCst | Strength::Rmws | Strength::RmwsAcqRel => false,
        }
    }

    /// Where the expectation is from.
    pub(crate) fn source(&self, strength: Strength) -> &'static str {
        match strength {
            Strength::Plain => {
                "Weakening WebAssembly (OOPSLA 2019), 3: plain accesses that race are ordered by happens-before only, and \
                 are not coherent"
            }
            Strength::Fences => {
                "threads proposal, overview: fences are ordered like sequentially consistent accesses, as \
                 atomic_thread_fence(seq_cst) of C11; but plain accesses are not coherent, and to see a plain write does \
                 not order it before a fence"
            }
            Strength::AcqRel => {
                "C11 release and acquire, to which the overview of shared-everything-threads refers; for the shapes see \
                 Maranget, Sarkar, Sewell, A Tutorial Introduction to the ARM and POWER Relaxed Memory Models, and Lahav \
                 et al., Repairing Sequential Consistency in C/C++11 (PLDI 2017)"
            }
            Strength::SeqCst => {
                "Weakening WebAssembly (OOPSLA 2019): programs without races on other accesses are sequentially consistent"
            }
            Strength::Rmws | Strength::RmwsAcqRel => {
                "C11: read-modify-writes of a location are totally ordered, and each reads what the one before it wrote"
            }
        }
    }
}

use Access::{R, W};

/// The classic shapes.
pub(crate) const SHAPES: [Shape; 14] = [
    Shape {
        name: "SB",
        about: "Store buffering: each thread writes one location and reads the other.",
        threads: &[&[W(0, 1), R(1)], &[W(1, 1), R(0)]],
        finals: &[],
        outcomes: &["0, 0", "0, 1", "1, 0", "1, 1"],
        weak: &["0, 0"],
        acqrel_forbids: false,
        fences_forbid: true,
    },
    Shape {
        name: "MP",
        about: "Message passing: the flag is seen, the message is not.",
        threads: &[&[W(0, 1), W(1, 1)], &[R(1), R(0)]],
        finals: &[],
        outcomes: &["0 0", "0 1", "1 0", "1 1"],
        weak: &["1 0"],
        acqrel_forbids: true,
        fences_forbid: true,
    },
    Shape {
        name: "LB",
        about: "Load buffering: each thread reads what the other writes later.",
        threads: &[&[R(0), W(1, 1)], &[R(1), W(0, 1)]],
        finals: &[],
        outcomes: &["0, 0", "0, 1", "1, 0", "1, 1"],
        weak: &["1, 1"],
        acqrel_forbids: true,
        fences_forbid: true,
    },
    Shape {
        name: "S",
        about: "A write that follows the message is overwritten by one that precedes it.",
        threads: &[&[W(0, 2), W(1, 1)], &[R(1), W(0, 1)]],
        finals: &[0],
        outcomes: &["0, 1", "0, 2", "1, 1", "1, 2"],
        weak: &["1, 2"],
        acqrel_forbids: true,
        fences_forbid: true,
    },
    Shape {
        name: "R",
        about: "Of two writes the later one is by a thread that does not see what precedes the other.",
        threads: &[&[W(0, 1), W(1, 1)], &[W(1, 2), R(0)]],
        finals: &[1],
        outcomes: &["0, 1", "0, 2", "1, 1", "1, 2"],
        weak: &["0, 2"],
        acqrel_forbids: false,
        fences_forbid: true,
    },
    Shape {
        name: "2+2W",
        about: "Two threads write two locations in opposite orders, and both first writes are the last.",
        threads: &[&[W(0, 1), W(1, 2)], &[W(1, 1), W(0, 2)]],
        finals: &[0, 1],
        outcomes: &["1 1", "1 2", "2 1", "2 2"],
        weak: &["1 1"],
        acqrel_forbids: false,
        fences_forbid: true,
    },
    Shape {
        name: "WRC",
        about: "Write to read causality: a message is passed on.",
        threads: &[&[W(0, 1)], &[R(0), W(1, 1)], &[R(1), R(0)]],
        finals: &[],
        outcomes: &["0, 0 0", "0, 0 1", "0, 1 0", "0, 1 1", "1, 0 0", "1, 0 1", "1, 1 0", "1, 1 1"],
        weak: &["1, 1 0"],
        acqrel_forbids: true,
        fences_forbid: false,
    },
    Shape {
        name: "RWC",
        about: "Read to write causality: store buffering, with one of the writes seen by another thread.",
        threads: &[&[W(0, 1)], &[R(0), R(1)], &[W(1, 1), R(0)]],
        finals: &[],
        outcomes: &["0 0, 0", "0 0, 1", "0 1, 0", "0 1, 1", "1 0, 0", "1 0, 1", "1 1, 0", "1 1, 1"],
        weak: &["1 0, 0"],
        acqrel_forbids: false,
        fences_forbid: false,
    },
    Shape {
        name: "ISA2",
        about: "Message passing through a third thread and a third location.",
        threads: &[&[W(0, 1), W(1, 1)], &[R(1), W(2, 1)], &[R(2), R(0)]],
        finals: &[],
        outcomes: &["0, 0 0", "0, 0 1", "0, 1 0", "0, 1 1", "1, 0 0", "1, 0 1", "1, 1 0", "1, 1 1"],
        weak: &["1, 1 0"],
        acqrel_forbids: true,
        fences_forbid: true,
    },
    Shape {
        name: "IRIW",
        about: "Independent reads of independent writes: two threads see two writes in opposite orders.",
        threads: &[&[W(0, 1)], &[W(1, 1)], &[R(0), R(1)], &[R(1), R(0)]],
        finals: &[],
        outcomes: &[
            "0 0, 0 0", "0 0, 0 1", "0 0, 1 0", "0 0, 1 1", "0 1, 0 0", "0 1, 0 1", "0 1, 1 0", "0 1, 1 1", "1 0, 0 0",
            "1 0, 0 1", "1 0, 1 0", "1 0, 1 1", "1 1, 0 0", "1 1, 0 1", "1 1, 1 0", "1 1, 1 1",
        ],
        weak: &["1 0, 1 0"],
        acqrel_forbids: false,
        fences_forbid: false,
    },
    Shape {
        name: "CoRR",
        about: "Coherence of two reads: the second sees an older value.",
        threads: &[&[W(0, 1)], &[R(0), R(0)]],
        finals: &[],
        outcomes: &["0 0", "0 1", "1 0", "1 1"],
        weak: &["1 0"],
        acqrel_forbids: true,
        fences_forbid: false,
    },
    Shape {
        name: "CoWR",
        about: "Coherence of a write and a read: another's write is seen after one's own, and is overwritten by it.",
        threads: &[&[W(0, 1), R(0)], &[W(0, 2)]],
        finals: &[0],
        outcomes: &["1, 1", "1, 2", "2, 1", "2, 2"],
        weak: &["2, 1"],
        acqrel_forbids: true,
        fences_forbid: false,
    },
    Shape {
        name: "CoRW",
        about: "Coherence of a read and a write: another's write is seen and overwritten, and is the last nevertheless.",
        threads: &[&[R(0), W(0, 1)], &[W(0, 2)]],
        finals: &[0],
        outcomes: &["0, 1", "0, 2", "2, 1", "2, 2"],
        weak: &["2, 2"],
        acqrel_forbids: true,
        fences_forbid: false,
    },
    Shape {
        name: "CoWW",
        about: "Coherence of two writes: the second of a thread is the last, whatever the ordering.",
        threads: &[&[W(0, 1), W(0, 2)], &[R(0)]],
        finals: &[0],
        outcomes: &["0, 2", "1, 2", "2, 2"],
        weak: &[],
        acqrel_forbids: false,
        fences_forbid: false,
    },
];
