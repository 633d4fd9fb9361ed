"""`python -m miniprogram_api`: the same as the command `yikou`."""

from miniprogram_api.process.command import main

if __name__ == "__main__":
    main()
