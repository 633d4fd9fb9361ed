"""Administration: who works where and with which rights, within an administrator's subtree."""
