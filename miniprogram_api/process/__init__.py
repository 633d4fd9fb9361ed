"""What runs: the command `yikou`, and the processes that it starts and watches."""
