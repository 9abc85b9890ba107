//! The `lockstep` command; see [`lockstep::cli`].

fn main() -> std::process::ExitCode {
    lockstep::cli::main()
}
