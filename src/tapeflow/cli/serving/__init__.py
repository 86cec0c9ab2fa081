"""The model server behind `tapeflow serve`: TensorFlow Serving's REST interface over SavedModels and Keras files."""
