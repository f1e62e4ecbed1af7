"""How vectors are written: for any tool (JSON), for C and for Rust. Each gives texts by the names of their files."""
