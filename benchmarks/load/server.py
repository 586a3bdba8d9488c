"""The app as `python -m arcore serve` serves it, and under `?bare=…` the page to compare with."""

from __future__ import annotations

from arcore.serve import serve


def main() -> None:
    """Serve on a free port of this machine until stopped; the address is printed as a line `URL: …`."""
    serve(port=0, ready=_with_bare_page)


def _with_bare_page(url: str) -> None:
    import streamlit as st

    from benchmarks.load import bare
    from pages.ui import shell

    app = shell.run_app

    def run_app() -> None:
        wanted = st.query_params.get(bare.PARAMETER)
        if wanted:
            bare.draw(wanted)
        else:
            app()

    # app.py asks the shell for this name at every run, so the app itself stays as it is.
    shell.run_app = run_app
    print(f"URL: {url}", flush=True)


if __name__ == "__main__":
    main()
