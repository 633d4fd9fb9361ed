"""Erasure 注销: what a person may have deleted goes; what the law keeps stays with the cases."""
