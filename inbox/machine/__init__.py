"""Parley's processes on this machine: started, watched, restarted, ended."""
