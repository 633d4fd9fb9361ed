"""The window 窗口: serving whoever stands there, with or without an account of their own."""
