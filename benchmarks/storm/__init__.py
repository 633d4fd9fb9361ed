"""Residents and staff at work while every part of the system is killed, again and again."""
