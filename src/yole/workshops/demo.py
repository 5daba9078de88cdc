def load(note):
    pass
