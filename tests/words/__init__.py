"""The words of the pages: found in the code, held to the catalogues, seen in a browser."""
